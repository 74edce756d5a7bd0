import type { DecisionJson } from '../../server/json/decision.ts';
import type { CliIo } from '../io.ts';
import { pairs } from './block.ts';
import { explainVerdicts } from './explain.ts';

/** What the rules made of an event: why, rule by rule, and what that started. */
export function showDecision(
  io: Pick<CliIo, 'columns' | 'colour'>,
  decision: DecisionJson,
): readonly string[] {
  const { event, runs, verdicts } = decision;
  const started = pairs(io, [['event', event], ...runs.map(run => ['run', run] as const)]);
  return [...explainVerdicts(io, verdicts), ...(started.length === 0 ? [] : ['', ...started])];
}
