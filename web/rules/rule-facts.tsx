import type { VNode } from 'preact';
import { span } from '../format.ts';
import { Fact, Facts } from '../parts/facts.tsx';
import { Moment } from '../parts/moment.tsx';
import { to } from '../route.ts';
import '../runs/work-facts.css';
import type { Rule, RuleInsight } from '../wire.ts';
import { MatchRate } from './match-rate.tsx';
import { OutcomeStrip } from './outcome-strip.tsx';

const trustWords: Readonly<Record<Rule['trust'], string>> = {
  members: 'members',
  anyone: 'anyone',
  approval: 'nobody without an approval',
};
const isolationWords: Readonly<Record<Rule['isolation'], string>> = {
  auto: 'for code that is no member’s',
  none: 'none: it sees this machine',
  namespace: 'a namespace of its own',
};

/** How a rule has fared, and what it is in force with. */
export function RuleFacts(props: { readonly rule: Rule; readonly insight: RuleInsight | undefined }): VNode {
  const { rule, insight } = props;
  return (
    <>
      {insight !== undefined && (
        <section>
          <h2 class="section-title">So far</h2>
          <Facts>
            <Fact name="Latest runs">
              <OutcomeStrip runs={insight.latest} />
            </Fact>
            <Fact name="Last match">
              {insight.lastMatchAt === null ? 'none yet' : <Moment at={insight.lastMatchAt} />}
            </Fact>
            <Fact name="Matches">
              <MatchRate of={insight} />
            </Fact>
            <Fact name="Median">{insight.medianMs === null ? null : span(insight.medianMs)}</Fact>
            <Fact name="Runs">
              <a href={to.runsWith({ rule: rule.name })}>All its runs</a>,{' '}
              <a href={to.insightsWith({ rule: rule.name })}>their durations</a>
            </Fact>
          </Facts>
        </section>
      )}
      <section>
        <h2 class="section-title">In force</h2>
        <Facts>
          <Fact name="When">
            {rule.when.length === 0 ? (
              'every event'
            ) : (
              <ul>
                {rule.when.map((condition, n) => (
                  <li key={n}>
                    <bdi>{condition}</bdi>
                  </li>
                ))}
              </ul>
            )}
          </Fact>
          <Fact name={rule.action.kind === 'command' ? 'Runs' : `Runs ${rule.action.kind}`}>
            <pre class="work-summary">{rule.action.summary.trimEnd()}</pre>
          </Fact>
          <Fact name="Clock">{rule.cron && <code>{rule.cron}</code>}</Fact>
          <Fact name="Trusts">{trustWords[rule.trust]}</Fact>
          <Fact name="Isolation">{isolationWords[rule.isolation]}</Fact>
          <Fact name="Secrets">{rule.secrets.length === 0 ? 'none' : rule.secrets.join(', ')}</Fact>
          <Fact name="Variables">{rule.env.length === 0 ? null : rule.env.join(', ')}</Fact>
          <Fact name="Limits">
            {span(rule.timeoutMs)}, pool {rule.pool}
          </Fact>
          <Fact name="When lost">
            {rule.retryLost === 0 ? 'not tried again' : `up to ${rule.retryLost} more tries`}
          </Fact>
          <Fact name="Reports to">{rule.report.length === 0 ? 'nobody' : rule.report.join(', ')}</Fact>
        </Facts>
      </section>
    </>
  );
}
