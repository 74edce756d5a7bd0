import { z } from 'zod';
import type { Explanation } from '../../domain/explanation.ts';
import type { Json } from '../../domain/json.ts';
import { type Verdict, verdictWords } from '../../domain/verdict.ts';

// Verdicts go out as they are in the house: these names are the promise.

/** What a verdict started. */
interface Started {
  readonly runs: readonly string[];
}
/** A stored verdict. */
export type VerdictJson = Verdict & Started;
/** For lists: without the tree. */
export type VerdictSummaryJson = Omit<Verdict, 'explanation'> & Started;

const explanationSchema: z.ZodType<Explanation> = z
  .object({
    holds: z.boolean().nullable(),
    text: z.string(),
    seen: z.custom<Json>(),
    error: z.boolean(),
    get parts() {
      return z.array(explanationSchema);
    },
  })
  .meta({ id: 'Explanation' });

const summary = { rule: z.string(), verdict: z.enum(verdictWords), reason: z.string() };
const runs = z.array(z.string());

/** Of what is not stored, or not yet assigned to its runs. */
export const plainVerdictSchema: z.ZodType<Verdict> = z
  .object({ ...summary, explanation: explanationSchema })
  .meta({ id: 'PlainVerdict' });

export const verdictSchema: z.ZodType<VerdictJson> = z
  .object({ ...summary, explanation: explanationSchema, runs })
  .meta({ id: 'Verdict' });

export const verdictSummarySchema: z.ZodType<VerdictSummaryJson> = z
  .object({ ...summary, runs })
  .meta({ id: 'VerdictSummary' });
