import type { ExitCode } from './exit-codes.ts';
import { visible } from './text.ts';

export interface Writer {
  /** Never throws, also when nobody reads any more. */
  write(text: string | Uint8Array): void;
  /** Resolves when the reader keeps up: wait for it now and then in output that may be long. */
  drained(): Promise<void>;
}

/** All that a command may touch of the world outside, so that tests can run commands in their own process. */
export interface CliIo {
  /** Data. */
  readonly stdout: Writer;
  /** Talk: progress, hints, errors. Never coloured. */
  readonly stderr: Writer;
  /** Whether a person reads stdout; if not: no colours, exact times, nothing cut. */
  readonly isTTY: boolean;
  /** Whether stdout takes colours. */
  readonly colour: boolean;
  /** Width of stdout in columns; Infinity in a pipe. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** Aborted when the user wants the command to end, or nobody reads stdout any more. */
  readonly signal: AbortSignal;
  /** The user's wish to end alone, for what serves others: first `drain`, and when said once more `abandon`. */
  readonly life: { readonly drain: AbortSignal; readonly abandon: AbortSignal };
  /** What the process shall end with when the command comes to its end; 0 if nobody says. */
  exitWith(code: ExitCode): void;
}

/** Whether to colour: what was asked for on the command line, then the environment, then whether it is a terminal. */
export function wantsColour(argv: readonly string[], env: CliIo['env'], isTTY: boolean): boolean {
  if (argv.includes('--no-color')) return false;
  if (isSet(env['NO_COLOR'])) return false;
  if (isSet(env['FORCE_COLOR'])) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  if (isSet(env['CLICOLOR_FORCE'])) return env['CLICOLOR_FORCE'] !== '0';
  return isTTY && env['TERM'] !== 'dumb';
}

/** What a command prints for programs: exactly the API's JSON, indented for the eye. */
export function printJson(io: Pick<CliIo, 'stdout'>, value: unknown): void {
  io.stdout.write(`${safeJson(JSON.stringify(value, null, 2))}\n`);
}

/** The same JSON value, with everything escaped that could drive or fool a terminal. */
export function safeJson(json: string): string {
  return json.replace(unsafe, character => character.split('').map(escaped).join(''));
}

/** JSON itself escapes only the C0 controls. */
const unsafe = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Lines of data. */
export function print(io: Pick<CliIo, 'stdout'>, lines: readonly string[]): void {
  if (lines.length > 0) io.stdout.write(`${lines.join('\n')}\n`);
}

/** A line of talk, or several; made harmless here. */
export function say(io: Pick<CliIo, 'stderr'>, text: string): void {
  io.stderr.write(`${text.split('\n').map(visible).join('\n')}\n`);
}

/** A hint what to do next: for people only. */
export function hint(io: Pick<CliIo, 'stderr' | 'isTTY'>, line: string): void {
  if (io.isTTY) say(io, line);
}

const isSet = (value: string | undefined): value is string => value !== undefined && value !== '';
