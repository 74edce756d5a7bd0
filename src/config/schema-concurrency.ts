import { z } from 'zod';
import { type BusyPolicy, busyPolicies } from '../domain/concurrency.ts';
import { whole } from './schema-parts.ts';

/** How much room a group has, wherever a section of the file makes one. */
export const limit: z.ZodType<number> = whole(1, 1000)
  .prefault(1)
  .meta({ description: 'How many of them run at the same time.', examples: [2] });

/** What becomes of what finds its group full. */
export function busy(description: string, example: BusyPolicy): z.ZodType<BusyPolicy> {
  return z
    .enum(busyPolicies)
    .prefault('queue')
    .meta({ description, examples: [example] });
}
