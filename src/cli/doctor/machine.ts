import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';
import { broken, type Finding, fine, warning } from './finding.ts';

/** What `git` and the kernel are asked answers at once or not at all. */
const patienceMs = 5_000;
const oldestNode = 24;
/** The first that fetches single commits by their id without further settings from all common servers. */
const oldestGit = [2, 30] as const;

export function checkNode(nodeVersion: string = process.versions.node): Finding {
  const major = Number.parseInt(nodeVersion, 10);
  return major >= oldestNode
    ? fine('node', `Node.js ${nodeVersion}`)
    : broken('node', `Node.js ${nodeVersion}`, `install Node.js ${oldestNode} or newer`);
}

/** Looks for git where runs will: on the PATH of this environment. */
export async function checkGit(env: Readonly<Record<string, string | undefined>>): Promise<Finding> {
  const mend = `install git ${oldestGit.join('.')} or newer, and see that it is on the PATH`;
  try {
    const { stdout } = await promisify(execFile)('git', ['--version'], {
      env: { ...env },
      timeout: patienceMs,
    });
    const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
    const isRecent = major > oldestGit[0] || (major === oldestGit[0] && minor >= oldestGit[1]);
    return isRecent ? fine('git', stdout.trim()) : broken('git', `${stdout.trim()} is too old`, mend);
  } catch {
    return broken('git', 'git does not run', mend);
  }
}

export async function checkShell(shell = '/bin/sh'): Promise<Finding> {
  try {
    await access(shell, constants.X_OK);
    return fine('shell', shell);
  } catch {
    return broken(
      'shell',
      `${shell} cannot be executed`,
      'install a POSIX shell there: every "run:" needs it',
    );
  }
}

export function checkUser(userId: number | undefined = process.getuid?.()): Finding {
  return userId === 0
    ? warning(
        'user',
        'this is root, and so is every job that is not isolated',
        'run signalbox as a user of its own, made for nothing else',
      )
    : fine('user', userId === undefined ? 'no user ids on this system' : `user id ${userId}`);
}
