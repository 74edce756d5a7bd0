import { z } from 'zod';
import { SignalboxError } from '../../domain/errors.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Answer } from '../../engine/intake.ts';
import { plainVerdictSchema } from './verdict.ts';

/** What the rules made of an event. A trial stores nothing: it has no event and no runs. */
export interface DecisionJson {
  readonly event: string | null;
  readonly runs: readonly string[];
  readonly verdicts: readonly Verdict[];
}

export const decisionSchema: z.ZodType<DecisionJson> = z
  .object({ event: z.string().nullable(), runs: z.array(z.string()), verdicts: z.array(plainVerdictSchema) })
  .meta({ id: 'Decision' });

export const trialJson = (verdicts: readonly Verdict[]): DecisionJson => ({
  event: null,
  runs: [],
  verdicts,
});

export function decisionJson(answer: Answer): DecisionJson {
  switch (answer.result) {
    case 'admitted':
      return { event: answer.event, runs: answer.runs, verdicts: answer.verdicts };
    case 'known':
      return { event: answer.event, runs: answer.runs, verdicts: [] };
    case 'refused':
      throw new SignalboxError('invalid', answer.reason);
  }
}
