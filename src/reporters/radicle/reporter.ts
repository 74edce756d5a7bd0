import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reported, Reporter } from '../../contracts/reporter.ts';
import type { Event } from '../../domain/event.ts';
import type { EventId, RunId } from '../../domain/id.ts';
import { type CommitReport, describe, isOfCommit, type Report } from '../../domain/report.ts';
import { didOfSshKey } from '../../lib/did-key.ts';
import { noCommit } from '../http-report.ts';
import { createNotes, type Memory } from '../notes.ts';
import { tellComment } from './comment.ts';
import { tellJob } from './job.ts';
import { runTool } from './run-tool.ts';
import type { Call } from './tool-failure.ts';

export interface RadicleReporterOptions {
  /** The node's. */
  readonly home: string;
  readonly socket: string;
  /** Opens the node's key; null: an agent does, or it has none. */
  readonly passphrase: string | null;
  /** The socket of the agent that holds opened keys; null: there is none. */
  readonly keyAgent: string | null;
  /** Where rad, rad-job and git are found. */
  readonly path: string;
  /** The page of a run for people; null when there is none that others can open. */
  readonly runUrl: ((run: RunId) => string) | null;
  readonly eventOf: (id: EventId) => Promise<Event | undefined>;
  /** What has been made in Radicle is found again by this. */
  readonly memory: Memory;
}

/**
 * Tells Radicle how a run stands: by one comment on the patch, which is edited in place, and as a job of the commit
 * where `rad-job` is installed. Both are written with the key of the node.
 */
export function createRadicleReporter(options: RadicleReporterOptions): Reporter {
  const { home, socket, passphrase, keyAgent, path, runUrl, eventOf } = options;
  const notes = createNotes(options.memory);
  const env = {
    PATH: path,
    HOME: home,
    RAD_HOME: home,
    RAD_SOCKET: socket,
    ...(passphrase === null ? {} : { RAD_PASSPHRASE: passphrase }),
    ...(keyAgent === null ? {} : { SSH_AUTH_SOCK: keyAgent }),
  };

  async function report(report: Report, signal: AbortSignal): Promise<Reported> {
    if (!isOfCommit(report)) return noCommit;
    const { repo, run, sha } = report;
    if (repo.forge !== 'radicle' || !/^rad:z[0-9A-Za-z]{1,64}$/.test(repo.name))
      return { result: 'refused', error: `${repo.name} is no repository of Radicle` };
    const cwd = join(home, 'storage', repo.name.slice('rad:'.length));
    if (!existsSync(cwd))
      return { result: 'refused', error: `${repo.name} is not in the storage of the node any more` };
    const call: Call = (...argv) => runTool(argv, { env, cwd }, signal);
    try {
      const event = await eventOf(report.event);
      const job = await tellJob(report, { url: runUrl?.(run) ?? null, notes, call });
      const revision = event && revisionOf(event, sha);
      if (event?.patch && revision)
        return await tellComment({ notes, call, own: ownDid(home) }, report, {
          patch: event.patch.number,
          revision,
          words: wordsOf(report),
        });
      return (
        job ?? {
          result: 'refused',
          error: `there is nothing to comment on, and no rad-job on PATH to tell of ${sha.slice(0, 12)}: install radicle-job`,
        }
      );
    } catch (error) {
      // The memory does not answer; what it holds may be needed.
      return {
        result: 'retry',
        error: error instanceof Error ? error.message : String(error),
        afterMs: null,
      };
    }
  }

  /** What a run's status says, and where it is to be seen. */
  function wordsOf({ rule, run, status, sha }: CommitReport): string {
    const where = runUrl === null ? '' : ` ([${run}](${runUrl(run)}))`;
    return `**${rule}** at ${sha.slice(0, 12)}: ${plain(describe(status))}${where}`;
  }

  return { name: 'radicle', report };
}

/** An adapter gives its reasons in its own words: those format nothing, call nobody, and are no mark of ours. */
const plain = (text: string): string =>
  text.replaceAll(/\p{Cc}+/gu, ' ').replaceAll(/[\\`*_[\]<>|~@#!&]/g, String.raw`\$&`);

/** The revision of a patch that has the commit; null: the event is about none. */
function revisionOf({ radicle, actor }: Event, sha: string): string | null {
  const revisions = radicle?.patch?.revisions ?? [];
  const same = revisions.filter(({ oid }) => oid === sha);
  return (
    (same.findLast(({ author }) => author.id === actor.id) ?? same.at(-1) ?? revisions.at(-1))?.id ?? null
  );
}

/** Whose comments the node writes. */
function ownDid(home: string): string | null {
  try {
    return didOfSshKey(readFileSync(join(home, 'keys', 'radicle.pub'), 'utf8'));
  } catch {
    return null; // it has no key yet: then it has written nothing either
  }
}
