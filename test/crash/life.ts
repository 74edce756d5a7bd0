import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = join(import.meta.dirname, '..', '..', 'bin', 'signalbox');
const lookMs = 5;
/** What it said last is enough to see why it did not start. */
const longestOutput = 20_000;

export interface Doors {
  readonly pid: number;
  readonly public: string;
  readonly admin: string;
}

/** One life of the server: the real program, from its start to its end. */
export interface Life extends AsyncDisposable {
  readonly startedAt: number;
  /** Its doors, when both answer; undefined when it ended before. */
  readonly opened: Promise<Doors | undefined>;
  /** Its exit code, or by which signal it ended. */
  readonly ended: Promise<number | NodeJS.Signals>;
  hasEnded(): boolean;
  signal(name: NodeJS.Signals): void;
  /** The latest of all that it has printed. */
  output(): string;
}

/**
 * Starts `signalbox serve` with the configuration in `directory`; `shell` is what its shell does first. Disposing it
 * kills it.
 */
export function startLife(
  directory: string,
  env: Readonly<Record<string, string>>,
  shell: string = ':',
): Life {
  const ready = join(directory, 'ready.json');
  rmSync(ready, { force: true });
  const startedAt = Date.now();
  const args = ['serve', '--config', join(directory, 'signalbox.yaml'), '--ready-file', ready];
  const doors = ['--host', '127.0.0.1', '--port', '0', '--admin-port', '0'];
  const child = spawn('/bin/sh', ['-c', `${shell}; exec "$0" "$@"`, program, ...args, ...doors], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-longestOutput);
    });

  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;

  async function open(): Promise<Doors | undefined> {
    while (!hasEnded()) {
      const doors = readDoors(ready);
      if (doors !== undefined) return doors;
      await sleep(lookMs);
    }
    return undefined;
  }

  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  return {
    startedAt,
    opened: open(),
    ended,
    hasEnded,
    signal,
    output: () => output,
    async [Symbol.asyncDispose]() {
      signal('SIGCONT');
      signal('SIGKILL');
      await ended;
    },
  };
}

/** The file is put there whole. */
function readDoors(file: string): Doors | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Doors;
  } catch {
    return undefined;
  }
}
