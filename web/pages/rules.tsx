import type { VNode } from 'preact';
import type { Filter } from '../api.ts';
import { useBox } from '../box.ts';
import { count } from '../format.ts';
import { FilterBar } from '../parts/filter-bar.tsx';
import { NothingFound } from '../parts/nothing-found.tsx';
import { Since } from '../parts/since.tsx';
import { useTitle } from '../parts/title.ts';
import { whenLoaded } from '../parts/when-loaded.tsx';
import { to } from '../route.ts';
import { RuleRow } from '../rules/rule-row.tsx';
import { useEvery } from '../use-every.ts';
import { useListKeys } from '../use-list-keys.ts';
import { useLoaded } from '../use-loaded.ts';
import type { Rule, RuleInsights } from '../wire.ts';

/** Figures over thousands of events change little in less. */
const lookAgainMs = 10_000;

/** The rules in force, and how each has fared. */
export function Rules({ filter }: { readonly filter: Filter }): VNode {
  useTitle('Rules');
  const { api } = useBox();
  const [loaded, reload] = useLoaded(async () => {
    const [rules, insights] = await Promise.all([api.rules(), api.ruleInsights(null)]);
    return { rules, insights };
  });
  useEvery(lookAgainMs, reload);
  return (
    <>
      <div class="page-head">
        <h1>Rules</h1>
      </div>
      <FilterBar
        filter={filter}
        choices={[]}
        placeholder="Search rules"
        change={filter => location.replace(to.rulesWith(filter))}
      />
      {whenLoaded(loaded, value => (
        <List {...value} words={(filter['q'] ?? '').toLowerCase().split(/\s+/)} />
      ))}
    </>
  );
}

function List(props: {
  readonly rules: readonly Rule[];
  readonly insights: RuleInsights;
  readonly words: readonly string[];
}): VNode {
  const box = useListKeys<HTMLUListElement>();
  const { events, since, items } = props.insights;
  if (props.rules.length === 0)
    return (
      <p class="soft">
        No rule is in force. Write the first one below <code>rules:</code> in the configuration file; any
        event of the <a href={to.inbox}>inbox</a> lets you try it before.
      </p>
    );
  const found = props.rules.filter(({ name, when, action }) => {
    const text = [name, action.summary, ...when].join('\n').toLowerCase();
    return props.words.every(word => text.includes(word));
  });
  if (found.length === 0) return <NothingFound more={false} />;
  const insights = new Map(items.map(insight => [insight.rule, insight]));
  return (
    <>
      <div class="rule-heads" aria-hidden="true">
        <span />
        <span>Rule</span>
        <span>Matches</span>
        <span>Latest runs</span>
        <span>Median</span>
        <span>Last match</span>
      </div>
      <ul class="rule-list panel" ref={box}>
        {found.map(rule => (
          <RuleRow key={rule.name} rule={rule} insight={insights.get(rule.name)} />
        ))}
      </ul>
      {since !== null && (
        <p class="rule-note soft small">
          Matches are of the latest {count(events, 'event')}, <Since at={since} />.
        </p>
      )}
    </>
  );
}
