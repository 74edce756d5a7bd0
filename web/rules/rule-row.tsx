import type { VNode } from 'preact';
import { span } from '../format.ts';
import { aspectOf } from '../parts/aspect.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Moment } from '../parts/moment.tsx';
import { standingWord } from '../parts/standing.ts';
import { to } from '../route.ts';
import type { Rule, RuleInsight } from '../wire.ts';
import { MatchRate } from './match-rate.tsx';
import { OutcomeStrip } from './outcome-strip.tsx';
import '../parts/row.css';
import './rule-row.css';

/** A rule in the list. `insight` is undefined for rules that nobody has counted. */
export function RuleRow(props: { readonly rule: Rule; readonly insight: RuleInsight | undefined }): VNode {
  const { rule, insight } = props;
  const [last] = insight?.latest ?? [];
  return (
    <li class="row rule-row">
      <Lamp
        aspect={last === undefined ? 'none' : aspectOf(last)}
        label={last === undefined ? 'has not run yet' : `last run: ${standingWord(last)}`}
      />
      <div class="row-what">
        <a class="row-link" href={to.rule(rule.name)}>
          <bdi>{rule.name}</bdi>
        </a>
        <p class="rule-row-when soft small">
          <bdi>{rule.when.length === 0 ? 'every event' : rule.when.join(' · ')}</bdi>
        </p>
      </div>
      {insight !== undefined && (
        <>
          <span class="rule-row-rate small">
            <MatchRate of={insight} />
          </span>
          <span class="rule-row-latest">
            <OutcomeStrip runs={insight.latest} />
          </span>
          <span class="rule-row-took small">
            {insight.medianMs !== null && <span title="median duration">{span(insight.medianMs)}</span>}
          </span>
          <span class="row-time soft small">
            {insight.lastMatchAt === null ? 'no match yet' : <Moment at={insight.lastMatchAt} />}
          </span>
        </>
      )}
    </li>
  );
}
