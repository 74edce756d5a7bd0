import { join } from 'node:path';
import type { Reported, Reporter } from '../../contracts/reporter.ts';
import type { Event } from '../../domain/event.ts';
import type { EventId, RunId } from '../../domain/id.ts';
import { describe, type Report } from '../../domain/report.ts';
import { runTool, type ToolResult } from './run-tool.ts';

export interface RadicleReporterOptions {
  /** The node's. */
  readonly home: string;
  readonly socket: string;
  /** Opens the node's key; null: an agent does, or it has none. */
  readonly passphrase: string | null;
  /** Where rad, rad-job and git are found. */
  readonly path: string;
  /** The page of a run for people; null when there is none that others can open. */
  readonly runUrl: ((run: RunId) => string) | null;
  readonly eventOf: (id: EventId) => Promise<Event | undefined>;
}

/** Ids of objects in Radicle. */
const oid = /\b[0-9a-f]{40}\b/;

/**
 * Tells Radicle how a run stands: by one comment on the patch, which is edited in place, and as a job of the commit
 * where `rad-job` is installed. Both are written with the key of the node.
 */
export function createRadicleReporter(options: RadicleReporterOptions): Reporter {
  const { home, socket, passphrase, path, runUrl, eventOf } = options;
  const env = {
    PATH: path,
    HOME: home,
    RAD_HOME: home,
    RAD_SOCKET: socket,
    ...(passphrase === null ? {} : { RAD_PASSPHRASE: passphrase }),
  };
  /** The comment on each subject, and the job of each commit's run, that this process has made. */
  const comments = new Map<string, string>();
  const jobs = new Map<string, string>();

  async function report(report: Report, signal: AbortSignal): Promise<Reported> {
    const { repo, sha } = report;
    if (repo.forge !== 'radicle' || !/^rad:z[0-9A-Za-z]{1,64}$/.test(repo.name))
      return { result: 'refused', error: `${repo.name} is no repository of Radicle` };
    const cwd = join(home, 'storage', repo.name.slice('rad:'.length));
    const call = (...argv: readonly [string, ...string[]]) => runTool(argv, { env, cwd }, signal);
    const event = await eventOf(report.event);
    const job = await tellJob(report, call);
    if (event?.radicle?.patch) {
      const revision = revisionOf(event, sha);
      if (revision !== null) return tellComment(report, revision, call);
    }
    return (
      job ?? {
        result: 'refused',
        error: `there is nothing to comment on, and no rad-job on PATH to tell of ${sha.slice(0, 12)}: install radicle-job`,
      }
    );
  }

  async function tellComment(report: Report, revision: string, call: Call): Promise<Reported> {
    const { repo, subject } = report;
    const mark = `<!-- signalbox ${report.rule} -->`;
    const known = comments.get(subject) ?? (await findComment(report, revision, mark, call));
    const message = `${wordsOf(report)}\n\n${mark}`;
    const edit = known === null ? [] : ['--edit', known];
    const options = [...edit, '--message', message, '--repo', repo.name, '--quiet'];
    const told = await call('rad', 'patch', 'comment', revision, ...options);
    if (told.result !== 'done') return judge('rad', told);
    const id = known ?? oid.exec(told.output)?.[0];
    if (id !== undefined) comments.set(subject, id);
    return { result: 'sent' };
  }

  /** The comment that an earlier process has made, by its mark. */
  async function findComment(
    { repo, event }: Report,
    revision: string,
    mark: string,
    call: Call,
  ): Promise<string | null> {
    const patch = (await eventOf(event))?.patch?.number ?? '';
    const which = ['--repo', repo.name, '--type', 'xyz.radicle.patch', '--object', patch];
    const shown = await call('rad', 'cob', 'show', ...which);
    return shown.result === 'done' ? commentWith(shown.output, revision, mark) : null;
  }

  /** Null: there is no such program, and nobody has to be told. */
  async function tellJob(report: Report, call: Call): Promise<Reported | null> {
    const { run, sha, status } = report;
    const url = runUrl?.(run);
    // A job without the address of a log is none.
    if (url === undefined || status.state === 'blocked' || status.state === 'queued') return null;
    const key = `${run} ${sha}`;
    const begun = jobs.get(key);
    const job = begun ?? (await beginJob(report, url, call));
    if (typeof job !== 'string') return job;
    jobs.set(key, job);
    if (status.state === 'running') return { result: 'sent' };
    const ending = status.outcome === 'success' ? '--success' : '--failed';
    const told = await call('rad-job', 'finish', job, ending);
    if (told.result !== 'done') return judge('rad-job', told);
    jobs.delete(key);
    return { result: 'sent' };
  }

  async function beginJob({ run, sha }: Report, url: string, call: Call): Promise<string | Reported | null> {
    const made = await call('rad-job', 'trigger', sha);
    if (made.result === 'missing') return null;
    if (made.result !== 'done') return judge('rad-job', made);
    // It shows the job, and then the commit.
    const job = made.output.match(new RegExp(oid, 'g'))?.find(id => id !== sha);
    if (job === undefined) return { result: 'refused', error: 'rad-job did not say which job it has made' };
    const started = await call('rad-job', 'start', job, run, url);
    return started.result === 'done' ? job : judge('rad-job', started);
  }

  /** What a run's status says, and where it is to be seen. */
  function wordsOf({ rule, run, status, sha }: Report): string {
    const where = runUrl === null ? '' : ` ([${run}](${runUrl(run)}))`;
    return `**${rule}** at ${sha.slice(0, 12)}: ${describe(status).replaceAll(/[\r\n]+/g, ' ')}${where}`;
  }

  return { name: 'radicle', report };
}

type Call = (...argv: readonly [string, ...string[]]) => Promise<ToolResult>;

/** The revision of a patch that has the commit. */
function revisionOf({ radicle, actor }: Event, sha: string): string | null {
  const revisions = radicle?.patch?.revisions ?? [];
  const same = revisions.filter(({ oid }) => oid === sha);
  return (
    (same.findLast(({ author }) => author.id === actor.id) ?? same.at(-1) ?? revisions.at(-1))?.id ?? null
  );
}

/** What the outbox makes of a call that did not go well. */
function judge(name: string, told: Exclude<ToolResult, { result: 'done' }>): Reported {
  if (told.result === 'missing')
    return { result: 'refused', error: `${name} is not on PATH: install it where signalbox finds it` };
  const error = `${name} failed: ${told.said}`;
  return /passphrase|ssh-agent|signer|unlock/i.test(told.said)
    ? {
        result: 'refused',
        error: `${error}; unlock the node's key with sources.radicle.passphrase`,
      }
    : { result: 'retry', error, afterMs: null };
}

/** The id of the comment on a revision in whose text the mark stands, as `rad cob show` has it. */
function commentWith(json: string, revision: string, mark: string): string | null {
  const comments = at(at(at(at(parse(json), 'revisions'), revision), 'discussion'), 'comments');
  if (typeof comments !== 'object' || comments === null) return null;
  const found = Object.entries(comments).findLast(([, comment]) =>
    JSON.stringify(comment ?? null).includes(mark),
  );
  return found?.[0] ?? null;
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && key in value
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // another version's output: the comment is not found
  }
}
