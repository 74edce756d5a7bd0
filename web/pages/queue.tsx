import type { VNode } from 'preact';
import { type Api, mostAtOnce } from '../api.ts';
import { useBox, useReload } from '../box.ts';
import { count } from '../format.ts';
import { useTitle } from '../parts/title.ts';
import { whenLoaded } from '../parts/when-loaded.tsx';
import { AgentCard } from '../queue/agent-card.tsx';
import { PoolList } from '../queue/pool-list.tsx';
import { WaitingRow } from '../queue/waiting-row.tsx';
import { whyItWaits } from '../queue/why-it-waits.ts';
import { to } from '../route.ts';
import { useEvery } from '../use-every.ts';
import { useLoaded } from '../use-loaded.ts';
import type { Agent, Pools, RunSummary } from '../wire.ts';

/** The feed does not tell of agents that come and go. */
const lookAgainMs = 5_000;

/** Who waits for what and why, and who works. */
export function Queue(): VNode {
  useTitle('Queue');
  const { api } = useBox();
  const [loaded, reload] = useLoaded(() => read(api));
  useReload(reload, item => item.type !== 'event');
  useEvery(lookAgainMs, reload);
  return (
    <>
      <div class="page-head">
        <h1>Queue</h1>
      </div>
      {whenLoaded(loaded, ({ pools, agents, running, queued, blocked }) => (
        <div class="stack">
          <PoolList pools={pools} changed={reload} />
          <section>
            <h2 class="section-title">{count(agents.length, 'agent')}</h2>
            <div class="agent-cards">
              {agents.map(agent => (
                <AgentCard key={agent.name} agent={agent} runs={running} changed={reload} />
              ))}
            </div>
          </section>
          <Waiting
            title={
              queued.length === 0 ? 'Nothing is queued' : count(waiting(pools), 'run waits', 'runs wait')
            }
            runs={queued}
            agents={agents}
          />
          {blocked.length > 0 && (
            <Waiting title={`${many(blocked)} for an approval`} runs={blocked} agents={agents} />
          )}
        </div>
      ))}
    </>
  );
}

async function read(api: Api) {
  const of = async (state: RunSummary['state']): Promise<readonly RunSummary[]> =>
    (await api.runs({ after: null, limit: mostAtOnce }, { state })).items;
  const [pools, agents, running, queued, blocked] = await Promise.all([
    api.pools(),
    api.agents(),
    of('running'),
    of('queued'),
    of('blocked'),
  ]);
  return { pools, agents, running, queued: queued.toReversed(), blocked: blocked.toReversed() };
}

/** As many as one call tells of may be fewer than there are. */
const many = (runs: readonly RunSummary[]): string =>
  runs.length < mostAtOnce ? count(runs.length, 'run waits', 'runs wait') : `${mostAtOnce} runs or more wait`;

const waiting = ({ items }: Pools): number => items.reduce((sum, pool) => sum + pool.waiting, 0);

function Waiting(props: {
  readonly title: string;
  readonly runs: readonly RunSummary[];
  readonly agents: readonly Agent[];
}): VNode {
  return (
    <section>
      <h2 class="section-title">{props.title}</h2>
      {props.runs.length > 1 && (
        <p class="waiting-words soft small">
          {props.runs.length < mostAtOnce
            ? 'The oldest first.'
            : `The ${mostAtOnce} that came last, the oldest of them first. Those before them begin sooner.`}
        </p>
      )}
      {props.runs.length === 0 ? (
        <p class="soft">
          Whatever rules started has begun. <a href={to.runs}>All runs</a>
        </p>
      ) : (
        <ol class="waiting panel">
          {props.runs.map(run => (
            <WaitingRow key={run.id} run={run} why={whyItWaits(run, props.agents)} />
          ))}
        </ol>
      )}
    </section>
  );
}
