import type { ComponentChildren, VNode } from 'preact';
import type { Verdict } from '../wire.ts';
import { ExplanationTree } from './explanation-tree.tsx';
import { VerdictPill } from './verdict-pill.tsx';
import './rule-card.css';

/** A rule's answer to an event: the verdict, the reason, the whole explanation; below it what came of it. */
export function RuleCard(props: {
  readonly verdict: Omit<Verdict, 'runs'>;
  readonly children?: ComponentChildren;
}): VNode {
  const { rule, verdict, reason, explanation } = props.verdict;
  return (
    <article class="rule-card panel">
      <header class="rule-card-head">
        <h3>
          <bdi>{rule}</bdi>
        </h3>
        <VerdictPill of={verdict} />
      </header>
      <p class="rule-card-reason">{reason}</p>
      <ExplanationTree of={explanation} told={reason} />
      {props.children}
    </article>
  );
}
