import type { VNode } from 'preact';
import { useBox, useReload } from '../box.ts';
import { aspectOf } from '../parts/aspect.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Notice } from '../parts/notice.tsx';
import { standingWord } from '../parts/standing.ts';
import { useTitle } from '../parts/title.ts';
import { whenLoaded } from '../parts/when-loaded.tsx';
import { to } from '../route.ts';
import { BadgeFacts } from '../rules/badge-facts.tsx';
import { RuleFacts } from '../rules/rule-facts.tsx';
import { RuleTrial } from '../rules/rule-trial.tsx';
import { RunRow } from '../runs/run-row.tsx';
import { useLoaded } from '../use-loaded.ts';

/** Runs that are shown here; the others are a link away. */
const latestRuns = 5;

/** One rule: its text, what it answers, how it has fared. `event`: what to try it with. */
export function RulePage(props: { readonly name: string; readonly event: string | null }): VNode {
  const { name } = props;
  const { api } = useBox();
  const [loaded, reload] = useLoaded(async () => {
    const rule = (await api.rules()).find(rule => rule.name === name);
    const [insights, runs, text] = await Promise.all([
      api.ruleInsights(name),
      api.runs({ after: null, limit: latestRuns }, { rule: name }),
      // Of what is not in force no text is asked for.
      rule === undefined ? null : api.ruleText(name),
    ]);
    return { rule, insight: insights.items[0], runs: runs.items, hasText: text !== null };
  });
  useReload(reload, item => item.type === 'run' && item.rule === name);
  const [last] = loaded.status === 'loaded' ? loaded.value.runs : [];
  const aspect = last === undefined ? 'none' : aspectOf(last);
  useTitle(name, aspect);
  return whenLoaded(loaded, ({ rule, insight, runs, hasText }) => {
    return (
      <>
        <div class="page-head">
          <div class="page-title">
            <Lamp
              aspect={aspect}
              label={last === undefined ? 'has not run yet' : `last run: ${standingWord(last)}`}
            />
            <h1>
              <bdi>{name}</bdi>
            </h1>
          </div>
        </div>
        {rule === undefined && (
          <div class="rule-gone">
            <Notice>
              No rule of this name is in force{runs.length > 0 && ': only its runs are left'}. See{' '}
              <a href={to.rules}>those that are</a>.
            </Notice>
          </div>
        )}
        <div class="with-facts">
          <div class="stack">
            {rule !== undefined && <RuleTrial rule={name} hasText={hasText} event={props.event} />}
            <section>
              <h2 class="section-title">Latest runs</h2>
              {runs.length === 0 ? (
                <p class="soft">It has not run yet.</p>
              ) : (
                <ol class="rule-list panel">
                  {runs.map(run => (
                    <RunRow key={run.id} run={run} named={false} where />
                  ))}
                </ol>
              )}
            </section>
          </div>
          <aside class="stack">
            {rule !== undefined && (
              <>
                <RuleFacts rule={rule} insight={insight} />
                <BadgeFacts rule={name} standing={last === undefined ? null : `${last.id} ${last.state}`} />
              </>
            )}
          </aside>
        </div>
      </>
    );
  });
}
