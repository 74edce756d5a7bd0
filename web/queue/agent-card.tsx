import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import type { Aspect } from '../parts/aspect.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Moment } from '../parts/moment.tsx';
import { RunRow } from '../runs/run-row.tsx';
import type { Agent, RunSummary } from '../wire.ts';
import { HoldControl } from './hold-control.tsx';
import './agent-card.css';

const aspects: Readonly<Record<NonNullable<Agent['state']>, Aspect>> = {
  online: 'proceed',
  draining: 'held',
  drained: 'held',
  offline: 'dark',
};

/** One that takes runs: for which pools, how much room it has, and what it runs now. */
export function AgentCard(props: {
  readonly agent: Agent;
  readonly runs: readonly RunSummary[];
  readonly changed: () => void;
}): VNode {
  const { api } = useBox();
  const { agent } = props;
  const { state = 'online', lastSeenAt, capabilities } = agent;
  const held = agent.running.map(({ run }) => run);
  const shown = props.runs.filter(({ id }) => held.includes(id));
  const tools = [
    ...(capabilities === undefined ? [] : [`${capabilities.os} ${capabilities.arch}`, ...capabilities.tools]),
    ...(capabilities?.isolation === true ? ['isolation'] : []),
  ];
  return (
    <article class="agent-card panel">
      <header class="agent-card-head">
        <Lamp aspect={aspects[state]} />
        <div>
          <h3>
            <bdi>{agent.name}</bdi>
          </h3>
          <p class="soft small">
            <bdi>
              {[
                state,
                agent.pools.length === 0
                  ? ''
                  : `${agent.pools.length === 1 ? 'pool' : 'pools'} ${agent.pools.join(', ')}`,
                ...tools,
              ]
                .filter(part => part.trim() !== '')
                .join(' · ')}
            </bdi>
            {state === 'offline' && lastSeenAt !== undefined && (
              <>
                {' '}
                · seen <Moment at={lastSeenAt} />
              </>
            )}
          </p>
        </div>
        <Slots used={held.length} of={agent.slots} />
      </header>
      <HoldControl
        what={agent.name}
        words={drainWords}
        hold={agent.drain ?? null}
        begin={reason => api.drain(agent.name, reason)}
        end={() => api.undrain(agent.name)}
        changed={props.changed}
      />
      {shown.length > 0 && (
        <ul>
          {shown.map(run => (
            <RunRow key={run.id} run={run} named />
          ))}
        </ul>
      )}
    </article>
  );
}

const drainWords = { begin: 'Drain', end: 'Undrain', held: 'Drained' } as const;

/** More than these are no longer seen one by one. */
const mostDrawn = 16;

/** Which of an agent's slots are taken. */
function Slots(props: { readonly used: number; readonly of: number }): VNode {
  return (
    <span class="slots small">
      {props.of <= mostDrawn && (
        <span class="slots-drawn" aria-hidden="true">
          {Array.from({ length: props.of }, (_, n) => (
            <span key={n} class={n < props.used ? 'slot slot-taken' : 'slot'} />
          ))}
        </span>
      )}
      {props.used} of {props.of} taken
    </span>
  );
}
