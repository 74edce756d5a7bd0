import { z } from 'zod';
import type { Hold } from '../../domain/hold.ts';
import { iso } from './time.ts';

/** Who has paused or drained something, since when, and why. */
export interface HoldJson {
  readonly by: string;
  readonly since: string;
  readonly reason: string | null;
}

export const holdSchema: z.ZodType<HoldJson> = z
  .object({ by: z.string(), since: z.iso.datetime(), reason: z.string().nullable() })
  .meta({ id: 'Hold' });

export const holdJson = ({ by, at, reason }: Hold): HoldJson => ({ by, since: iso(at), reason });

export const holdOrNull = (hold: Hold | undefined): HoldJson | null =>
  hold === undefined ? null : holdJson(hold);
