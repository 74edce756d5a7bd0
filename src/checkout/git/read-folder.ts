import { SignalboxError } from '../../domain/errors.ts';
import { gitSaid, knownFailure } from './failure.ts';
import type { Git } from './git.ts';

/** A file as a commit has it. */
export interface FolderFile {
  /** Without the folder. */
  readonly name: string;
  readonly text: string;
}

/** A folder of small files that people write; more, or longer ones, are a mistake or made to do harm. */
const mostFiles = 200;
const mostBytes = 512 * 1024;

/**
 * The regular files of a folder of a commit that is here already, without those in folders within; none where there is
 * no such folder. No file is written. Throws `too_large`.
 */
export async function readFolder(
  { git, directory }: { readonly git: Git; readonly directory: string },
  sha: string,
  folder: string,
  signal: AbortSignal,
): Promise<readonly FolderFile[]> {
  const must = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await git(args, { directory, contact: null }, signal);
    if (exitCode === 0) return stdout;
    const what = `could not read ${folder} of ${sha}`;
    throw knownFailure(what, stderr) ?? new SignalboxError('internal', `${what} (${gitSaid(stderr)})`);
  };
  const listed = await must('ls-tree', '-z', '--long', '--full-tree', sha, '--', `${folder}/`);
  const entries = listed.split('\0').filter(entry => /^100(?:644|755) blob /.test(entry));
  if (entries.length > mostFiles)
    throw new SignalboxError('too_large', `${folder} of ${sha} has more than ${mostFiles} files`);

  const files: FolderFile[] = [];
  for (const entry of entries) {
    const [, id = '', size = '', path = ''] = /^\d+ blob ([0-9a-f]+) +(\d+)\t([^]+)$/.exec(entry) ?? [];
    if (Number(size) > mostBytes)
      throw new SignalboxError('too_large', `${path} of ${sha} has more than ${mostBytes} bytes`);
    files.push({ name: path.slice(folder.length + 1), text: await must('cat-file', 'blob', id) });
  }
  return files;
}
