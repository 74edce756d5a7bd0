import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { SignalboxError } from '../../../domain/errors.ts';
import { type BrokerRun, readBrokerRun } from './run.ts';

/** All runs that a database of radicle-ci-broker knows of. */
export interface BrokerRuns {
  readonly finished: readonly BrokerRun[];
  /** They run now, or their broker was ended in the middle of them; by their ids. */
  readonly unfinished: readonly string[];
  /** Rows whose form is not known here. */
  readonly unreadable: readonly { readonly id: string; readonly why: string }[];
}

/** A broker writes for a moment only, but one may be in the middle of it. */
const patienceMs = 2_000;
/** SQLite's primary result codes, the lowest byte of `errcode`. */
const isBusy = [5, 6];
const isNoDatabase = 26;

/** What is no text can be read by nobody, and is told as that. */
const row = z.object({ id: z.coerce.string(), json: z.string().catch('') });

/**
 * Reads a broker's database, and changes nothing in it. Throws a `SignalboxError`: `not_found` without a file, `invalid`
 * for what is no such database or one that a later broker has made, `unavailable` for one that is locked.
 */
export function readBrokerDatabase(file: string): BrokerRuns {
  if (!existsSync(file)) throw new SignalboxError('not_found', `there is no file ${file}`);
  const rows = rowsOf(file);
  const read = rows.map(({ id, json }) => {
    try {
      return { result: 'run', run: readBrokerRun(json) } as const;
    } catch (error) {
      return {
        result: 'unreadable',
        id,
        why: error instanceof Error ? error.message : String(error),
      } as const;
    }
  });
  const runs = read.flatMap(each => (each.result === 'run' ? [each.run] : []));
  const unreadable = read.flatMap(each =>
    each.result === 'unreadable' ? [{ id: each.id, why: each.why }] : [],
  );
  const [first] = unreadable;
  if (runs.length === 0 && first !== undefined)
    throw new SignalboxError(
      'invalid',
      `none of the ${rows.length} runs in ${file} can be read (${first.id}: ${first.why}): a broker newer than signalbox knows has written them`,
    );
  return {
    finished: runs.filter(({ isFinished }) => isFinished),
    unfinished: runs.filter(({ isFinished }) => !isFinished).map(({ id }) => id),
    unreadable,
  };
}

function rowsOf(file: string): readonly z.infer<typeof row>[] {
  try {
    using database = new DatabaseSync(file, { readOnly: true, timeout: patienceMs });
    const columns = database.prepare("select name from pragma_table_info('ci_runs')").all();
    const names = columns.map(({ name }) => name);
    if (names.length === 0)
      throw new SignalboxError(
        'invalid',
        `${file} is no database of radicle-ci-broker: there is no table ci_runs in it`,
      );
    if (!names.includes('broker_run_id') || !names.includes('json'))
      throw new SignalboxError(
        'invalid',
        `the table ci_runs in ${file} has the columns ${names.join(', ')}, where signalbox knows broker_run_id and json: a broker newer than it knows has made them`,
      );
    return database
      .prepare('select broker_run_id as id, json from ci_runs')
      .all()
      .map(found => row.parse(found));
  } catch (error) {
    throw databaseError(file, error);
  }
}

function databaseError(file: string, error: unknown): SignalboxError {
  if (error instanceof SignalboxError) return error;
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
  if (code !== undefined && isBusy.includes(code))
    return new SignalboxError(
      'unavailable',
      `${file} is locked: stop the broker that uses it, or try again`,
      {
        cause: error,
      },
    );
  if (code === isNoDatabase)
    return new SignalboxError('invalid', `${file} is no SQLite database`, { cause: error });
  const why = error instanceof Error ? error.message : String(error);
  return new SignalboxError('unavailable', `${file} cannot be read (${why})`, { cause: error });
}
