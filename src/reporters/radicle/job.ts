import { createHash } from 'node:crypto';
import type { Reported } from '../../contracts/reporter.ts';
import type { RunId } from '../../domain/id.ts';
import type { CommitReport } from '../../domain/report.ts';
import type { Notes } from '../notes.ts';
import { type Call, failure } from './tool-failure.ts';

/** Ids of objects in Radicle. */
const oid = /\b[0-9a-f]{40}\b/g;

/**
 * Tells of a run as a job of its commit, by `rad-job`. Null: there is no such program, or nobody has to be told. `url`
 * is where people see the run: a job without the address of a log is none.
 */
export async function tellJob(
  { run, sha, status }: CommitReport,
  { url, notes, call }: { readonly url: string | null; readonly notes: Notes; readonly call: Call },
): Promise<Reported | null> {
  if (url === null || status.state === 'blocked' || status.state === 'queued') return null;
  const about = `job ${run} ${sha}`;
  const begun = await notes.find(about);
  const job = begun ?? (await begin());
  if (typeof job !== 'string') return job;
  if (begun === null) await notes.write(about, job);
  if (status.state === 'running') return { result: 'sent' };
  const told = await call('rad-job', 'finish', job, status.outcome === 'success' ? '--success' : '--failed');
  if (told.result !== 'done') return failure('rad-job', told);
  await notes.write(about, null);
  return { result: 'sent' };

  async function begin(): Promise<string | Reported | null> {
    const made = await call('rad-job', 'trigger', sha);
    if (made.result === 'missing') return null;
    if (made.result !== 'done') return failure('rad-job', made);
    // It shows the job, and then the commit.
    const id = made.output.match(oid)?.find(each => each !== sha);
    if (id === undefined) return { result: 'refused', error: 'rad-job did not say which job it has made' };
    const started = await call('rad-job', 'start', id, uuidOf(run), url ?? '');
    return started.result === 'done' ? id : failure('rad-job', started);
  }
}

/** Jobs know their runs by UUIDs: one that is made from the run's own id, the same each time. */
function uuidOf(run: RunId): string {
  const hex = createHash('sha256').update(run).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
