import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { count } from '../format.ts';
import { Lamp } from '../parts/lamp.tsx';
import type { Pools } from '../wire.ts';
import { HoldControl } from './hold-control.tsx';
import { poolAspect, poolWords } from './pool-words.ts';
import './pool-list.css';

const words = { begin: 'Pause', end: 'Resume', held: 'Paused' } as const;
const allWords = {
  begin: 'Pause everything',
  end: 'Resume everything',
  held: 'Everything is paused',
} as const;

/** Where runs wait for agents, and what is paused of it. */
export function PoolList(props: { readonly pools: Pools; readonly changed: () => void }): VNode {
  const { api } = useBox();
  const { items, everything } = props.pools;
  return (
    <section aria-label="Pools">
      <h2 class="section-title">{count(items.length, 'pool')}</h2>
      <ul class="pools panel">
        {items.map(pool => (
          <li key={pool.name} class="pool">
            <Lamp aspect={poolAspect(pool, everything)} />
            <div class="pool-what">
              <h3>
                <bdi>{pool.name}</bdi>
              </h3>
              <p class="soft small">{poolWords(pool)}</p>
            </div>
            <HoldControl
              what={pool.name}
              words={words}
              hold={pool.pause}
              begin={reason => api.pause(pool.name, reason)}
              end={() => api.resume(pool.name)}
              changed={props.changed}
            />
          </li>
        ))}
        <li class="pool">
          <HoldControl
            what=""
            words={allWords}
            hold={everything}
            begin={reason => api.pause(null, reason)}
            end={() => api.resume(null)}
            changed={props.changed}
          />
        </li>
      </ul>
    </section>
  );
}
