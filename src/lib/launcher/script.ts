import type { Command } from './job.ts';

/** What the jobs of one slot write into. */
export interface Pipes {
  readonly stdout: string;
  readonly stderr: string;
}

/** Makes the pipes, for nobody else to open. From here on the shell complains on its stdout. */
export function pipesScript(pipes: Pipes): string {
  return `exec 2>&1;mkfifo -m 600 ${quote(pipes.stdout)} ${quote(pipes.stderr)};echo "=$?"\n`;
}

/**
 * Runs a job: in a subshell, so that the shell itself stays as it was, and which `exec` turns into the program.
 * The shell says `/proc/self/task/<pid>` before and `=<status>` after.
 */
export function jobScript(file: string, { argv, cwd, env }: Command, pipes: Pipes): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);
  const [, ...args] = argv;
  const steps = [
    `cd ${quote(cwd)}||exit 126`,
    // What shells set by themselves: dash the first two, bash the third as well.
    'unset PWD OLDPWD SHLVL',
    variables.length === 0 ? ':' : `export ${variables.join(' ')}`,
    // The one entry of this directory is the pid of who looks at it.
    'echo /proc/self/task/*',
    `exec ${[file, ...args].map(quote).join(' ')} </dev/null >${quote(pipes.stdout)} 2>${quote(pipes.stderr)}`,
  ];
  return `(${steps.join(';')});echo "=$?"\n`;
}

/**
 * Whether a shell can hand on exactly this environment: it can only set names of the usual form, and some shells keep
 * a few of those for themselves.
 */
export function shellCanSet(env: Readonly<Record<string, string>>): boolean {
  return Object.keys(env).every(name => usualName.test(name) && !shellName.test(name));
}
const usualName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const shellName =
  /^(?:_|BASH.*|SHELLOPTS|SHLVL|E?UID|PPID|GROUPS|DIRSTACK|FUNCNAME|LINENO|OPTIND|RANDOM|SECONDS)$/;

/** One word for the shell, whatever is in it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
