import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { hasFailed } from '../../src/domain/has-failed.ts';
import { useBox, useReload } from '../box.ts';
import { Changes } from '../event/changes.tsx';
import { Copies } from '../event/copies.tsx';
import { decisiveFirst } from '../event/decisive-first.ts';
import { DryRun } from '../event/dry-run.tsx';
import { EventFacts } from '../event/event-facts.tsx';
import { Headline, headlineText } from '../event/headline.tsx';
import { RawDelivery } from '../event/raw-delivery.tsx';
import { RuleCard } from '../event/rule-card.tsx';
import { TryRule } from '../event/try-rule.tsx';
import { count } from '../format.ts';
import { Action } from '../parts/action.tsx';
import { aspectOf, mostUrgent } from '../parts/aspect.ts';
import { Moment } from '../parts/moment.tsx';
import { RunChips } from '../parts/run-chips.tsx';
import { useTitle } from '../parts/title.ts';
import { whenLoaded } from '../parts/when-loaded.tsx';
import { to } from '../route.ts';
import { latestRuns } from '../runs/latest-runs.ts';
import { RunRow } from '../runs/run-row.tsx';
import { runName } from '../runs/run-words.ts';
import { useLoaded } from '../use-loaded.ts';
import type { EventDetail, RunSummary, Verdict } from '../wire.ts';
import '../event/event-runs.css';

/** Chips beyond this are counted: below them every rule has its runs. */
const mostChips = 8;

/** A rule that is being tried: a copy of one, or a new one. */
interface Draft {
  readonly rule: string | null;
}

/** One event: what it says, what every rule answered and why, what came of it, and what arrived. */
export function EventPage({ id }: { readonly id: string }): VNode {
  const { api } = useBox();
  const [loaded, reload] = useLoaded(async () => {
    const [event, runs] = await Promise.all([api.event(id), api.runsOf(id)]);
    return { event, runs };
  });
  useReload(reload, item => item.type !== 'hold' && item.event === id);
  return whenLoaded(loaded, value => <Shown {...value} />);
}

function Shown({
  event,
  runs,
}: {
  readonly event: EventDetail;
  readonly runs: readonly RunSummary[];
}): VNode {
  const { api } = useBox();
  const [trial, setTrial] = useState<readonly Omit<Verdict, 'runs'>[] | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const edit = (rule: string | null): void => {
    setDraft({ rule });
    scrollTo({ top: 0 });
  };
  const latest = latestRuns(runs);
  const failed = latest.filter(({ outcome }) => outcome !== null && hasFailed({ outcome }) === true);
  useTitle(headlineText(event), mostUrgent(latest.map(aspectOf)));
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
          {latest.length > 0 && (
            <p class="event-runs">
              <RunChips
                runs={latest.map(run => ({ id: run.id, rule: runName(run), standing: run })).toReversed()}
                most={mostChips}
              />
            </p>
          )}
        </div>
        <div class="actions">
          <button type="button" class="button" onClick={() => edit(null)}>
            Try a rule
          </button>
          {failed.length > 0 && (
            <Action act={async () => void (await Promise.all(failed.map(run => api.rerun(run.id))))}>
              Rerun {failed.length} failed
            </Action>
          )}
          <Action act={async () => setTrial(await api.dryRun(event.id))}>Dry run</Action>
          <Action act={async () => void (location.hash = to.event(await api.replay(event.id)))}>
            Replay
          </Action>
        </div>
      </div>
      {trial !== null && <DryRun now={trial} then={event.verdicts} close={() => setTrial(null)} />}
      {draft !== null && (
        <TryRule key={draft.rule ?? ''} event={event} rule={draft.rule} close={() => setDraft(null)} />
      )}
      <div class="with-facts">
        <div class="stack">
          <section>
            <h2 class="section-title">{count(event.verdicts.length, 'rule')} answered</h2>
            <div class="rule-cards">
              {decisiveFirst(event.verdicts).map(verdict => (
                <RuleCard
                  key={verdict.rule}
                  verdict={verdict}
                  href={to.ruleAnd(verdict.rule, event.id)}
                  action={
                    <button
                      type="button"
                      class="button-quiet"
                      aria-label={`Edit a copy of ${verdict.rule}`}
                      onClick={() => edit(verdict.rule)}
                    >
                      Edit a copy
                    </button>
                  }
                >
                  <RunsOf verdict={verdict} runs={runs} />
                </RuleCard>
              ))}
            </div>
            {event.verdicts.length === 0 && (
              <p class="soft">No rule was in force when this came. A dry run asks those of today.</p>
            )}
          </section>
          <RawDelivery event={event} />
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
  readonly runs: readonly RunSummary[];
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
