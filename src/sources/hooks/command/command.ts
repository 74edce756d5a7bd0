import type { Behaviour } from '../deviations.ts';
import type { Hook } from '../hook.ts';
import { obtain } from '../obtain.ts';
import type { ReadRequest } from '../request/request.ts';
import { label } from '../rule/label.ts';
import { environmentOf, type Variable } from './environment.ts';
import { filesOf, type HandedFile } from './files.ts';
import { stdinOf } from './stdin.ts';

/**
 * What a request makes a hook run. No shell is involved. Texts are well-formed: Node cannot hand over other bytes than
 * UTF-8; files and standard input can.
 */
export interface Command {
  /** As the hook names it, which is also what the process sees as its own name; `goLookPath` tells where it is. */
  readonly name: string;
  readonly arguments: readonly string[];
  /** On top of the server's own; later ones win. */
  readonly environment: readonly Variable[];
  readonly files: readonly HandedFile[];
  /** What it reads from its standard input; null: nothing stands there. */
  readonly stdin: Uint8Array | null;
  /** What becomes of what it leaves in the background. */
  readonly background: 'stays' | 'ends';
  /** "" stands for the server's own. Files go there too, else to the system's place for them. */
  readonly workingDirectory: string;
  /** Values that could not be had, for the log. */
  readonly problems: readonly string[];
  /** Why the system will refuse to start it, or null. */
  readonly refusal: string | null;
}

/** The command of a hook for a request. An argument that is missing is empty, so that the others keep their places. */
export function commandOf(behaviour: Behaviour, hook: Hook, request: ReadRequest): Command {
  const problems: string[] = [];
  const args = hook.arguments.map((argument, n) => {
    const obtained = obtain(argument, request);
    if (obtained.result === 'value') return obtained.text.toWellFormed();
    problems.push(`argument ${n + 1}: ${label(argument)}: ${obtained.reason}`);
    return '';
  });
  const environment = environmentOf(behaviour, hook.environment, request);
  const files = filesOf(hook.files, request);
  const stdin = stdinOf(hook, request);
  return {
    name: hook.executeCommand,
    arguments: args,
    environment: environment.variables,
    files: files.files,
    stdin: stdin.content,
    background: behaviour.has('endBackground') ? 'ends' : 'stays',
    workingDirectory: hook.workingDirectory,
    problems: [...problems, ...environment.problems, ...files.problems, ...stdin.problems],
    refusal: refusalOf(behaviour, hook, args, environment.variables),
  };
}

/** The longest argument or variable that Linux takes, in bytes; a closing zero is not counted. */
const longestBytes = 128 * 1024 - 1;

function refusalOf(
  behaviour: Behaviour,
  hook: Hook,
  args: readonly string[],
  variables: readonly Variable[],
): string | null {
  const texts = [
    ...args.map((text, n) => ({ what: `argument ${n + 1} (${labelAt(hook, n)})`, text })),
    ...variables.map(([name, value]) => ({ what: `the variable ${name}`, text: `${name}=${value}` })),
  ];
  for (const { what, text } of texts) {
    const culprit = behaviour.has('namedLimits') ? what : 'an argument or variable';
    if (text.includes('\0')) return `${culprit} holds a NUL, which no process can be given`;
    const bytes = Buffer.byteLength(text);
    if (bytes > longestBytes)
      return `${culprit} is ${bytes} bytes long, of ${longestBytes} at most: hand it over with pass-file-to-command or pass-stdin-to-command`;
  }
  return null;
}

function labelAt(hook: Hook, n: number): string {
  const argument = hook.arguments[n];
  return argument === undefined ? '' : label(argument);
}
