import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';

/** A process as `/proc` shows it. Together, `pid` and `startedAt` name it for ever; a pid alone may be reused. */
export interface ProcessFacts {
  readonly pid: number;
  /** Clock ticks since the machine started. */
  readonly startedAt: number;
  readonly name: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

/** One buffer for all reads: what a read returns is valid until the next one. */
let buffer = Buffer.alloc(64 * 1024);

/** The process, or undefined when there is none of that pid, or only its corpse (a zombie). */
export function readProcess(pid: number): ProcessFacts | undefined {
  const bytes = read(`/proc/${pid}/stat`);
  if (bytes === undefined) return undefined;
  const text = bytes.toString('latin1');
  // The name may hold blanks and parentheses; everything after its last `)` is plain.
  const end = text.lastIndexOf(')');
  const [state, parent, group, session, ...rest] = text.slice(end + 2).split(' ', 20);
  if (state === 'Z' || state === 'X') return undefined;
  return {
    pid,
    startedAt: Number(rest.at(-1)),
    name: text.slice(text.indexOf('(') + 1, end),
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
  };
}

/** Which of these `NAME=value` entries the process was started with. Foreign users' processes show none. */
export function entriesAmong(pid: number, entries: ReadonlySet<string>): readonly string[] {
  const bytes = entries.size === 0 ? undefined : read(`/proc/${pid}/environ`);
  if (bytes === undefined || bytes.length === 0) return [];
  const whole = `\0${bytes.toString('latin1')}\0`;
  return [...entries].filter(entry => whole.includes(`\0${Buffer.from(entry).toString('latin1')}\0`));
}

/** Which of these files (absolute paths) the process holds open. Foreign users' processes show none. */
export function openFilesAmong(pid: number, files: ReadonlySet<string>): readonly string[] {
  const numbers = ifThere(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  const open = numbers.map(number => ifThere(() => readlinkSync(`/proc/${pid}/fd/${number}`)));
  return [...files].filter(file => open.includes(file));
}

/** All pids, in no order. */
export function allPids(): readonly number[] {
  return readdirSync('/proc').flatMap(name => {
    const pid = Number(name);
    return Number.isInteger(pid) ? [pid] : [];
  });
}

/** The pid given out last; undefined where the system does not tell. */
export function lastPid(): number | undefined {
  const text = read('/proc/sys/kernel/ns_last_pid')?.toString('latin1');
  return text === undefined ? undefined : Number(text);
}

function read(path: string): Buffer | undefined {
  return ifThere(() => {
    const file = openSync(path, 'r');
    try {
      let length = readSync(file, buffer, 0, buffer.length, 0);
      while (length === buffer.length) {
        buffer = Buffer.alloc(buffer.length * 2);
        length = readSync(file, buffer, 0, buffer.length, 0);
      }
      return buffer.subarray(0, length);
    } finally {
      closeSync(file);
    }
  });
}

/** Undefined when what is asked for is not there (any more), or not for us to see. */
function ifThere<Value>(ask: () => Value): Value | undefined {
  try {
    return ask();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // To be out of means is no answer; everything else is the other process's affair.
    if (code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM') throw error;
    return undefined;
  }
}
