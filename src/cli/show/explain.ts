import type { Explanation } from '../../domain/explanation.ts';
import type { Json } from '../../domain/json.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { CliIo } from '../io.ts';
import { holdsMark, paint, verdictMark } from '../style.ts';
import { visible } from '../text.ts';
import { marked, prose } from './block.ts';

type Page = Pick<CliIo, 'columns' | 'colour'>;

/** A rule's answer; `runs` are what it started, when it was more than a trial. */
export type ShownVerdict = Verdict & { readonly runs?: readonly string[] };

/** Why each rule did or did not run: one block per rule, with a blank line between. */
export function explainVerdicts(page: Page, verdicts: readonly ShownVerdict[]): readonly string[] {
  if (verdicts.length === 0) return ['No rule was asked: there were none.'];
  return verdicts.flatMap((verdict, index) => [...(index === 0 ? [] : ['']), ...explain(page, verdict)]);
}

/** Verdict, reason, then the conditions as a tree: ✓ holds, ✗ does not, · was not looked at. */
function explain(
  page: Page,
  { rule, verdict, reason, explanation, runs = [] }: ShownVerdict,
): readonly string[] {
  const { symbol, colour } = verdictMark(verdict);
  return [
    `${paint(page, colour, symbol)} ${paint(page, 'bold', visible(rule))}  ${paint(page, colour, verdict)}`,
    ...prose(page, '  ', reason),
    ...explanation.parts.flatMap(part => tree(page, '    ', part)),
    ...runs.flatMap(run => prose(page, '  → ', run)),
  ];
}

function tree(
  page: Page,
  indent: string,
  { holds, text, seen, error, parts }: Explanation,
): readonly string[] {
  const mark = error && holds === false ? verdictMark('error') : holdsMark(holds);
  return [
    ...marked(page, indent, mark, heading(text, parts), holds === null ? 'gray' : undefined),
    ...(holds === false ? saw(page, `${indent}  `, text, seen) : []),
    ...parts.flatMap(part => tree(page, `${indent}  `, part)),
  ];
}

/** The sentence of a group without what its parts, which follow, will say themselves. */
function heading(text: string, parts: readonly Explanation[]): string {
  const repeated = parts.map(part => text.indexOf(part.text)).filter(at => at > 0);
  return repeated.length === 0 ? text : text.slice(0, Math.min(...repeated)).replace(/[\s:]+$/, '');
}

/** The values that decided, where the sentence does not already name them. */
function saw(page: Page, indent: string, text: string, seen: Json): readonly string[] {
  const values = Array.isArray(seen) ? seen : [seen];
  const shown = values.map(value => (typeof value === 'string' ? value : JSON.stringify(value)));
  if (seen === null || shown.every(value => text.includes(value))) return [];
  return prose(page, indent, `saw ${shown.join(', ')}`, 'gray');
}
