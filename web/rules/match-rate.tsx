import type { VNode } from 'preact';
import { percent } from '../format.ts';
import type { RuleInsight } from '../wire.ts';

/** How many of the latest events were the rule's own. */
export function MatchRate({ of }: { readonly of: RuleInsight }): VNode {
  const { asked, matched } = of;
  if (asked === 0) return <span class="soft">not asked yet</span>;
  return (
    <span title={`matched ${matched} of the ${asked} latest events it was asked about`}>
      {percent(matched / asked)} <span class="soft">of {asked.toLocaleString('en')}</span>
    </span>
  );
}
