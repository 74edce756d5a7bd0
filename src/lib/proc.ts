import { closeSync, opendirSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';

/** A process as `/proc` shows it. Together, `pid` and `startedAt` name it for ever; a pid alone may be reused. */
export interface ProcessFacts {
  readonly pid: number;
  /** Clock ticks since the machine started. */
  readonly startedAt: number;
  readonly name: string;
  /** It has begun to exit: it runs no code any more, and will be gone. */
  readonly isExiting: boolean;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

/** A process's line of facts has about 300 bytes, an environment mostly less than 16 KiB; more is read in another go. */
const factsBytes = 1024;
const environmentBytes = 16 * 1024;
/**
 * Of each process no more than this is looked at: what forks gives every child as much as it has itself, for nothing.
 * Who hides behind more of it could as well have none, and is found by something else.
 */
const mostEnvironmentBytes = 64 * 1024;
const mostOpenFiles = 256;
/** PF_EXITING of the kernel's <linux/sched.h>. It is set before the files are closed. */
const exitingFlag = 4;

/** The process, or undefined when there is none of that pid, or only its corpse (a zombie). */
export function readProcess(pid: number): ProcessFacts | undefined {
  const text = read(`/proc/${pid}/stat`, factsBytes);
  if (text === undefined) return undefined;
  // The name may hold blanks and parentheses; everything after its last `)` is plain. See proc_pid_stat(5).
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ', 20);
  const [state, parent, group, session, , , flags] = fields;
  // The first thread may be dead while others go on.
  const isAlone = Number(fields[17]) <= 1;
  if ((state === 'Z' || state === 'X') && isAlone) return undefined;
  return {
    pid,
    startedAt: Number(fields[19]),
    name: text.slice(text.indexOf('(') + 1, end),
    isExiting: isAlone && (Number(flags) & exitingFlag) !== 0,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
  };
}

/** Which of these `NAME=value` entries the process was started with. Foreign users' processes show none. */
export function entriesAmong(pid: number, entries: ReadonlySet<string>): readonly string[] {
  const text = entries.size === 0 ? '' : read(`/proc/${pid}/environ`, environmentBytes, mostEnvironmentBytes);
  if (text === undefined || text === '') return [];
  const whole = `\0${text}\0`;
  return [...entries].filter(entry => whole.includes(`\0${Buffer.from(entry).toString('latin1')}\0`));
}

/** Which of these files (absolute paths) the process holds open. Foreign users' processes show none. */
export function openFilesAmong(pid: number, files: ReadonlySet<string>): readonly string[] {
  if (files.size === 0) return [];
  const numbers = ifThere(() => firstNames(`/proc/${pid}/fd`, mostOpenFiles)) ?? [];
  const open = numbers.map(number => ifThere(() => readlinkSync(`/proc/${pid}/fd/${number}`)));
  return [...files].filter(file => open.includes(file));
}

/** To list all of a long directory of `/proc` takes far longer than to read it. */
function firstNames(path: string, most: number): readonly string[] {
  using directory = opendirSync(path, { bufferSize: most });
  const names: string[] = [];
  for (let entry = directory.readSync(); entry !== null && names.length < most; entry = directory.readSync())
    names.push(entry.name);
  return names;
}

/** In which of these directories (real paths) the process works. Foreign users' processes show none. */
export function directoriesAround(pid: number, directories: ReadonlySet<string>): readonly string[] {
  const own = directories.size === 0 ? undefined : ifThere(() => readlinkSync(`/proc/${pid}/cwd`));
  // When it was removed meanwhile, the kernel says so behind it.
  return own === undefined
    ? []
    : [...directories].filter(one => own === one || own.startsWith(`${one}/`) || own === `${one} (deleted)`);
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
  const text = read('/proc/sys/kernel/ns_last_pid', factsBytes);
  return text === undefined ? undefined : Number(text);
}

/** The file's first bytes, one character each. `/proc` does not tell sizes: what fills the buffer may go on. */
function read(path: string, sizeBytes: number, mostBytes: number = sizeBytes): string | undefined {
  return ifThere(() => {
    const file = openSync(path, 'r');
    try {
      for (let size = sizeBytes; ; size = Math.min(size * 4, mostBytes)) {
        const buffer = Buffer.allocUnsafe(size);
        const length = readSync(file, buffer, 0, size, 0);
        if (length < size || size >= mostBytes) return buffer.toString('latin1', 0, length);
      }
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
