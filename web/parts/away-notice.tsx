import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useBox } from '../box.ts';
import { useWatched } from '../state.ts';
import './away-notice.css';
import { Lamp } from './lamp.tsx';
import { Since } from './since.tsx';

/** A line that is mended sooner, as over a restart, is not worth a word. */
const graceMs = 5_000;

/** Says that what is shown may be old, wherever on a page somebody is. It lies above the page: nothing moves. */
export function AwayNotice(): VNode | null {
  const { live, now } = useBox();
  const isAway = useWatched(live.connection) === 'away';
  const [since, tell] = useState<string | null>(null);
  useEffect(() => {
    if (!isAway) return undefined;
    const at = new Date(now.get()).toISOString();
    const timer = setTimeout(() => tell(at), graceMs);
    return () => {
      clearTimeout(timer);
      tell(null);
    };
  }, [isAway]);
  return since === null ? null : (
    <output class="away-notice">
      <Lamp aspect="waiting" />
      <span>
        No connection to the server <Since at={since} />: what is shown may be old. It goes on by itself.
      </span>
    </output>
  );
}
