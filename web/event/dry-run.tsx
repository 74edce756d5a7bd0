import type { VNode } from 'preact';
import type { Verdict } from '../wire.ts';
import { decisiveFirst } from './decisive-first.ts';
import { RuleCard } from './rule-card.tsx';
import { VerdictPill } from './verdict-pill.tsx';
import './dry-run.css';

type Trial = Omit<Verdict, 'runs'>;

/** What the rules in force now would answer: in full where that differs from what was answered then. */
export function DryRun(props: {
  readonly now: readonly Trial[];
  readonly then: readonly Verdict[];
  readonly close: () => void;
}): VNode {
  const before = new Map(props.then.map(({ rule, verdict }) => [rule, verdict]));
  const isSame = ({ rule, verdict }: Trial): boolean => before.get(rule) === verdict;
  const trials = decisiveFirst(props.now);
  return (
    <section class="dry-run" aria-label="Dry run">
      <header class="dry-run-head">
        <div>
          <h2>Dry run</h2>
          <p class="soft small">
            What the rules in force now would answer. Nothing was stored, nothing runs.
          </p>
        </div>
        <button type="button" class="button" onClick={props.close}>
          Close
        </button>
      </header>
      {trials
        .filter(trial => !isSame(trial))
        .map(trial => (
          <RuleCard key={trial.rule} verdict={trial}>
            <p class="small dry-run-differs">{difference(before.get(trial.rule))}</p>
          </RuleCard>
        ))}
      <ul class="dry-run-same">
        {trials.filter(isSame).map(({ rule, verdict }) => (
          <li key={rule}>
            <bdi>{rule}</bdi>
            <VerdictPill of={verdict} />
            <span class="soft small">as it was</span>
          </li>
        ))}
      </ul>
      {trials.length === 0 && <p class="soft">There is no rule now.</p>}
    </section>
  );
}

function difference(then: Verdict['verdict'] | undefined): string {
  return then === undefined ? 'The rule is new.' : `It was: ${then}.`;
}
