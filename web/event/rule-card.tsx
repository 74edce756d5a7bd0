import type { ComponentChildren, VNode } from 'preact';
import type { Verdict } from '../wire.ts';
import { ExplanationTree } from './explanation-tree.tsx';
import { VerdictPill } from './verdict-pill.tsx';
import './rule-card.css';

/** A rule's answer to an event: the verdict, the reason, the whole explanation; below it what came of it. */
export function RuleCard(props: {
  readonly verdict: Omit<Verdict, 'runs'>;
  /** Where the rule is shown. */
  readonly href?: string;
  /** Beside the verdict: what can be done with the rule. */
  readonly action?: ComponentChildren;
  readonly children?: ComponentChildren;
}): VNode {
  const { rule, verdict, reason, explanation } = props.verdict;
  return (
    <article class="rule-card panel">
      <header class="rule-card-head">
        <h3>
          {props.href === undefined ? (
            <bdi>{rule}</bdi>
          ) : (
            <a href={props.href}>
              <bdi>{rule}</bdi>
            </a>
          )}
        </h3>
        <span class="rule-card-end">
          {props.action}
          <VerdictPill of={verdict} />
        </span>
      </header>
      <p class="rule-card-reason">{reason}</p>
      <ExplanationTree of={explanation} told={reason} />
      {props.children}
    </article>
  );
}
