import type { ExecutionContext } from '../../contracts/executor.ts';
import type { Event } from '../../domain/event.ts';
import { isCommitId } from '../../domain/ref-name.ts';
import { plainProgram } from '../../lib/launcher/job.ts';
import { type ProcessNeeds, runProcess } from '../process.ts';
import { captured } from './captured.ts';

/** A list that takes more room than this is longer than what a program can be given. */
const longestListBytes = 4 * 1024 * 1024;

/**
 * What has changed: as the sender says, else as the checkout's history does, as far as that goes back. Null when neither
 * knows; the log says so.
 */
export async function changedFiles(
  needs: ProcessNeeds,
  { changed, before }: Pick<Event, 'changed' | 'before'>,
  context: ExecutionContext,
): Promise<readonly string[] | null> {
  if (changed !== null) return changed;
  const after = context.env['SIGNALBOX_SHA'] ?? '';
  if (before !== null && isCommitId(before) && isCommitId(after)) {
    const args = ['--name-only', '-z', '--no-renames', '--no-ext-diff', '--ignore-submodules=none'];
    const argv = ['git', '--no-pager', 'diff', ...args, before, after, '--'] as const;
    // What git says of a commit that it does not have is no news.
    const { ending, stdout } = await captured(longestListBytes, { ...context, write: silent }, quiet =>
      runProcess(needs, plainProgram(argv), quiet, 'ends'),
    );
    if (ending.outcome === 'success' && stdout !== null)
      return stdout.split('\0').filter(path => path !== '');
  }
  const line = 'which files have changed is not known here: conditions on them hold\n';
  await context.write('system', Buffer.from(line));
  return null;
}

const silent = (): Promise<void> => Promise.resolve();
