import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';

/** A program that serves until it is disposed. */
export interface Service extends AsyncDisposable {
  readonly pid: number;
}

/** How long a program may take to end when it is asked to. */
const patienceMs = 10_000;

/** Starts a program; what it prints goes into a file, as it would in service. */
export async function startService(
  argv: readonly [string, ...string[]],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly output: string;
  },
): Promise<Service> {
  const [file, ...args] = argv;
  const output = openSync(options.output, 'a');
  try {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { PATH: process.env['PATH'], ...options.env },
      stdio: ['ignore', output, output],
    });
    await once(child, 'spawn');
    if (child.pid === undefined) throw new Error(`${file} has started without a pid`);
    return { pid: child.pid, [Symbol.asyncDispose]: () => end(child) };
  } finally {
    closeSync(output);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(timer);
}

/** Runs a program to its end and returns what it printed; throws when it fails. */
export async function runToEnd(
  argv: readonly [string, ...string[]],
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const [file, ...args] = argv;
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  let printed = '';
  child.stdout.on('data', (piece: Buffer) => {
    printed += piece.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ended with ${String(code)}: ${printed}`);
  return printed;
}

/** A process as /proc tells it. */
export interface ProcessFigures {
  /** Of its own threads; its children's is not in it. */
  readonly cpuMicros: number;
  /** Page faults of the children that it has waited for. */
  readonly childFaults: number;
  /** The most that it ever was. */
  readonly peakMemoryMb: number;
}

/** Clock ticks per second, the same on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

export function figuresOf(pid: number): ProcessFigures {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name may hold blanks and parentheses; everything after its last `)` is plain. See proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
  return {
    cpuMicros: ((field(14) + field(15)) / ticksPerSecond) * 1e6,
    childFaults: field(11),
    peakMemoryMb: kilobytes('VmHWM') / 1024,
  };
}

/** Its children, and theirs; some may have ended by now. */
export function descendantsOf(pid: number): readonly number[] {
  const children = listed(`/proc/${pid}/task`)
    .flatMap(task => text(`/proc/${pid}/task/${task}/children`).trim().split(' '))
    .filter(Boolean)
    .map(Number);
  return children.flatMap(child => [child, ...descendantsOf(child)]);
}

/** What a process and all its descendants hold in memory; what they share is counted with each. */
export function treeMemoryMb(pid: number): number {
  return [pid, ...descendantsOf(pid)]
    .map(each => Number(/^VmRSS:\s+(\d+) kB/m.exec(text(`/proc/${each}/status`))?.[1] ?? 0) / 1024)
    .reduce((sum, each) => sum + each, 0);
}

function listed(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // The process has ended.
    return [];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // The same.
    return '';
  }
}
