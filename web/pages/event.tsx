import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useBox, useReload } from '../box.ts';
import { Changes } from '../event/changes.tsx';
import { Copies } from '../event/copies.tsx';
import { decisiveFirst } from '../event/decisive-first.ts';
import { DryRun } from '../event/dry-run.tsx';
import { EventFacts } from '../event/event-facts.tsx';
import { Headline, headlineText } from '../event/headline.tsx';
import { RawDelivery } from '../event/raw-delivery.tsx';
import { RuleCard } from '../event/rule-card.tsx';
import { count } from '../format.ts';
import { Action } from '../parts/action.tsx';
import { Moment } from '../parts/moment.tsx';
import { useTitle } from '../parts/title.ts';
import { whenLoaded } from '../parts/when-loaded.tsx';
import { to } from '../route.ts';
import { RunRow } from '../runs/run-row.tsx';
import { useLoaded } from '../use-loaded.ts';
import type { EventDetail, Run, Verdict } from '../wire.ts';

/** One event: what it says, what every rule answered and why, what came of it, and what arrived. */
export function EventPage({ id }: { readonly id: string }): VNode {
  const { api } = useBox();
  const [loaded, reload] = useLoaded(async () => {
    const [event, runs] = await Promise.all([api.event(id), api.runsOf(id)]);
    return { event, runs };
  });
  useReload(reload, item => item.event === id);
  return whenLoaded(loaded, value => <Shown {...value} />);
}

function Shown({ event, runs }: { readonly event: EventDetail; readonly runs: readonly Run[] }): VNode {
  const { api } = useBox();
  const [trial, setTrial] = useState<readonly Omit<Verdict, 'runs'>[] | null>(null);
  useTitle(headlineText(event));
  return (
    <>
      <div class="page-head">
        <div>
          <h1>
            <Headline event={event} />
          </h1>
          <p class="soft">
            <Moment at={event.receivedAt} /> from {event.source}
            {event.note !== undefined && `: ${event.note}`}
          </p>
        </div>
        <div class="actions">
          <Action act={async () => setTrial(await api.dryRun(event.id))}>Dry run</Action>
          <Action act={async () => void (location.hash = to.event(await api.replay(event.id)))}>
            Replay
          </Action>
        </div>
      </div>
      {trial !== null && <DryRun now={trial} then={event.verdicts} close={() => setTrial(null)} />}
      <div class="with-facts">
        <div class="stack">
          <section>
            <h2 class="section-title">{count(event.verdicts.length, 'rule')} answered</h2>
            <div class="rule-cards">
              {decisiveFirst(event.verdicts).map(verdict => (
                <RuleCard key={verdict.rule} verdict={verdict}>
                  <RunsOf verdict={verdict} runs={runs} />
                </RuleCard>
              ))}
            </div>
            {event.verdicts.length === 0 && (
              <p class="soft">No rule was in force when this came. A dry run asks those of today.</p>
            )}
          </section>
          {event.delivery !== null && <RawDelivery delivery={event.delivery} />}
        </div>
        <aside class="stack">
          <EventFacts event={event} />
          <Changes event={event} />
          <Copies of={event.duplicates} />
        </aside>
      </div>
    </>
  );
}

function RunsOf({
  verdict,
  runs,
}: {
  readonly verdict: Verdict;
  readonly runs: readonly Run[];
}): VNode | null {
  const its = runs.filter(run => verdict.runs.includes(run.id));
  return its.length === 0 ? null : (
    <ul class="rule-card-runs">
      {its.map(run => (
        <RunRow key={run.id} run={run} named={false} />
      ))}
    </ul>
  );
}
