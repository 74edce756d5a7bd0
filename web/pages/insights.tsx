import type { VNode } from 'preact';
import { type Filter, mostAtOnce } from '../api.ts';
import { useBox, useReload } from '../box.ts';
import { ByRule } from '../insights/by-rule.tsx';
import { Durations } from '../insights/durations.tsx';
import { EventsByHour } from '../insights/events-by-hour.tsx';
import { PassRate } from '../insights/pass-rate.tsx';
import { pointsOf } from '../insights/points.ts';
import { QueueTimes } from '../insights/queue-times.tsx';
import { useTitle } from '../parts/title.ts';
import { whenLoaded } from '../parts/when-loaded.tsx';
import { to } from '../route.ts';
import { useEvery } from '../use-every.ts';
import { useLoaded } from '../use-loaded.ts';

/** Events alone change only the last hour's bar. */
const lookAgainMs = 15_000;

/** How the work goes: how long it takes, how long it waits, how often it fails, and how much comes in. */
export function Insights({ filter }: { readonly filter: Filter }): VNode {
  useTitle('Insights');
  const { api } = useBox();
  const rule = filter['rule'] ?? null;
  const [rules] = useLoaded(() => api.rules());
  const names = rules.status === 'loaded' ? rules.value.map(({ name }) => name) : [];
  return (
    <>
      <div class="page-head">
        <h1>Insights</h1>
        <select
          class="field"
          aria-label="Rule"
          value={rule ?? ''}
          onChange={({ currentTarget: { value } }) =>
            location.replace(to.insightsWith({ rule: value === '' ? null : value }))
          }
        >
          <option value="">All rules</option>
          {(rule === null || names.includes(rule) ? names : [...names, rule]).map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <Charts key={rule ?? ''} rule={rule} />
    </>
  );
}

function Charts({ rule }: { readonly rule: string | null }): VNode {
  const { api } = useBox();
  const [loaded, reload] = useLoaded(async () => {
    const [runs, events] = await Promise.all([
      api.runs({ after: null, limit: mostAtOnce }, { rule, state: 'finished' }),
      api.eventInsights(),
    ]);
    return { points: pointsOf(runs.items), events };
  });
  useReload(reload, item => item.type === 'run' && item.state === 'finished');
  useEvery(lookAgainMs, reload);
  return whenLoaded(loaded, ({ points, events }) => (
    <div class="charts">
      {points.length === 0 ? (
        <p class="soft">
          {rule === null ? 'Nothing' : 'No run of this rule'} has ended yet: durations and waits are drawn of
          the latest {mostAtOnce} <a href={to.runsWith({ rule })}>runs</a> that have.
        </p>
      ) : (
        <>
          <PassRate points={points} />
          <Durations points={points} />
          <QueueTimes points={points} />
        </>
      )}
      {rule === null && <EventsByHour insights={events} />}
      {rule === null && points.length > 0 && <ByRule points={points} />}
    </div>
  ));
}
