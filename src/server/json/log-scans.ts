import { z } from 'zod';
import type { LogMark } from '../../domain/log-mark.ts';
import type { Scan } from '../../engine/scan-log.ts';

export interface LogSearchJson extends Scan {
  readonly lines: readonly number[];
}

/** A line that structures its log: a job's own marker, or what signalbox itself says there. */
export type LogMarkJson = { readonly seq: number; readonly at: string } & (
  | LogMark
  | { readonly kind: 'system'; readonly text: string }
);

export interface LogMarksJson extends Scan {
  readonly marks: readonly LogMarkJson[];
  readonly firstError: number | null;
}

const scan = {
  searchedTo: z.int().describe('go on with `after` this line'),
  atEnd: z.boolean().describe('the log went no further'),
};
const seq = z.int();
const line = { seq, at: z.iso.datetime() };

export const logSearchSchema: z.ZodType<LogSearchJson> = z
  .object({ lines: z.array(seq), ...scan })
  .meta({ id: 'LogSearch' });

export const logMarksSchema: z.ZodType<LogMarksJson> = z
  .object({
    marks: z.array(
      z.discriminatedUnion('kind', [
        z.object({
          ...line,
          kind: z.literal('open'),
          title: z.string(),
          folded: z.boolean(),
          until: z
            .string()
            .nullable()
            .describe('the `until` of the mark that closes it; null: the next such'),
        }),
        z.object({ ...line, kind: z.literal('close'), until: z.string() }),
        z.object({ ...line, kind: z.literal('reopen') }),
        z.object({ ...line, kind: z.literal('system'), text: z.string() }),
      ]),
    ),
    firstError: z.int().nullable(),
    ...scan,
  })
  .meta({ id: 'LogMarks' });
