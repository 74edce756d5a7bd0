import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import type { Connection as State } from '../live.ts';
import { useWatched } from '../state.ts';
import type { Aspect } from './aspect.ts';
import { Lamp } from './lamp.tsx';

const words: Readonly<Record<State, readonly [Aspect, string]>> = {
  connecting: ['waiting', 'connecting'],
  live: ['proceed', 'live'],
  away: ['waiting', 'reconnecting'],
};

/** Whether what is shown is what is. */
export function Connection(): VNode | null {
  const { live, signedIn } = useBox();
  const [aspect, word] = words[useWatched(live.connection)];
  return useWatched(signedIn) ? (
    <output class="header-connection">
      <Lamp aspect={aspect} />
      {word}
    </output>
  ) : null;
}
