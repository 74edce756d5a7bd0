import { z } from 'zod';
import { readable } from '../../domain/control-sequences.ts';
import { logMark, looksLikeError } from '../../domain/log-mark.ts';
import { scanLog } from '../../engine/scan-log.ts';
import { type LogMarkJson, logMarksSchema, logSearchSchema } from '../json/log-scans.ts';
import { iso } from '../json/time.ts';
import { cursorSchema } from './cursor.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { findRun } from './find.ts';
import { byId, noBody } from './input.ts';

const longestText = 200;
/** Found lines told at once: more are asked for with `after`. */
const limit = z.coerce.number().int().min(1).max(5_000).default(1_000);

export const searchLog: Endpoint = endpoint({
  id: 'searchLog',
  summary:
    'The numbers of the lines that contain a text (an empty one is nowhere), in whatever case, colours left out; as far as one call looks',
  params: byId,
  query: z.strictObject({ q: z.string().max(longestText).default(''), after: cursorSchema, limit }),
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: logSearchSchema,
  handle: async (needs, { params, query: { q, after = 0, limit }, signal }) => {
    const { run } = await findRun(needs.store, params.id);
    if (q === '') return { lines: [], searchedTo: after, atEnd: true };
    const wanted = q.toLowerCase();
    const lines: number[] = [];
    const scan = await scanLog(
      needs,
      run.id,
      after,
      ({ seq, text }) => {
        if (readable(text).toLowerCase().includes(wanted)) lines.push(seq);
        return lines.length < limit ? 'more' : 'enough';
      },
      signal,
    );
    return { lines, ...scan };
  },
});

export const markLog: Endpoint = endpoint({
  id: 'markLog',
  summary:
    'Where sections of a log begin and end, what signalbox itself says in it, and the first line that looks like an error',
  params: byId,
  query: z.strictObject({ after: cursorSchema, limit }),
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: logMarksSchema,
  handle: async (needs, { params, query: { after = 0, limit }, signal }) => {
    const { run } = await findRun(needs.store, params.id);
    const marks: LogMarkJson[] = [];
    let firstError: number | null = null;
    const scan = await scanLog(
      needs,
      run.id,
      after,
      ({ seq, at, stream, text }) => {
        if (stream === 'system') marks.push({ seq, at: iso(at), kind: 'system', text });
        else {
          const mark = logMark(text);
          if (mark !== null) marks.push({ seq, at: iso(at), ...mark });
          if (firstError === null && looksLikeError(text)) firstError = seq;
        }
        return marks.length < limit ? 'more' : 'enough';
      },
      signal,
    );
    return { marks, firstError, ...scan };
  },
});
