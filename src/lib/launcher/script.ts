import type { Enclosure } from './enclosure.ts';
import type { Command } from './job.ts';

/** What the jobs of one slot write into. */
export interface Pipes {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Makes the pipes. Their directory lets nobody else in; a job that is another user by then may still open its own by
 * the names /dev/stdout and /dev/stderr. From here on the shell complains on its stdout.
 */
export function pipesScript(pipes: Pipes): string {
  return `exec 2>&1;mkfifo -m 622 ${quote(pipes.stdout)} ${quote(pipes.stderr)};echo "=$?"\n`;
}

/**
 * Replaces the shell that listens by one that is process 1 of an enclosure, until that one is told to exit. It says
 * `/proc/self/task/<pid>`, its pid as seen from outside, and `=0`.
 */
export function enterScript({ enter, marks }: Enclosure): string {
  const variables = Object.entries(marks).map(([name, value]) => `${name}=${quote(value)}`);
  const inside = ['/bin/sh', '-c', 'echo /proc/self/task/*;echo =0;exec /bin/sh'];
  return `${[...variables, ...[...enter, ...inside].map(quote)].join(' ')};echo "=$?"\n`;
}

/** Ends an enclosure: the shell around it answers. */
export const exitScript = 'exit\n';

/**
 * Runs a job: in a subshell, so that the shell itself stays as it was, and which `exec` turns into the program.
 * The shell says `/proc/self/task/<pid>` before and `=<status>` after.
 */
export function jobScript(
  word: string,
  { argv, cwd, env, stdin, merged, enclosure }: Command,
  pipes: Pipes,
): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);
  const [, ...args] = argv;
  const steps = [
    // Opened first: the enclosure may hide them. And both ways before: to open one end of a pipe waits for the other,
    // and who was to read may have been killed.
    `exec 5<>${quote(pipes.stdout)} 6<>${quote(pipes.stderr)}`,
    `exec 3>${quote(pipes.stdout)} 4>${quote(pipes.stderr)} 5>&- 6>&-`,
    // The one entry of this directory is the pid of who looks at it. Later on, /proc may be another.
    'set -- /proc/self/task/*',
    ...(enclosure?.furnish ?? []).map(step => `${step}||exit 126`),
    `cd ${quote(cwd)}||exit 126`,
    // What shells set by themselves: dash the first two, bash the third as well.
    'unset PWD OLDPWD SHLVL',
    variables.length === 0 ? ':' : `export ${variables.join(' ')}`,
    'echo "$1"',
    `exec ${[...(enclosure?.become ?? []), word, ...args].map(quote).join(' ')} <${quote(stdin ?? '/dev/null')} >&3 2>&${merged ? 3 : 4} 3>&- 4>&-`,
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
