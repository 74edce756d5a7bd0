import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './server.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'signalbox');
const patienceMs = 60_000;

/** A real `signalbox as lightspeed listener`, with a directory of its own to work in. */
export interface TestListener extends AsyncDisposable {
  readonly directory: string;
  /** Everything it has printed. */
  output(): string;
  /** What it has written when it was registered. */
  ready(): { readonly admin: string | null };
  /** Writes its file. */
  write(text: string): void;
  /** Starts it (again), without waiting for anything. */
  spawn(): void;
  /** Resolves when it is registered. */
  registered(): Promise<void>;
  /** Sends a signal and waits for the end; returns how it ended. */
  end(signal: NodeJS.Signals): Promise<number | string | null>;
}

/** Writes the listener's file and starts it there. */
export function startListener(
  listener: object | string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): TestListener {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-listener-'));
  const file = join(directory, 'my-config-file.json');
  const ready = join(directory, 'ready.json');
  let child: ChildProcess | undefined;
  let output = '';
  const hasEnded = () => child === undefined || child.exitCode !== null || child.signalCode !== null;
  const started: TestListener = {
    directory,
    output: () => output,
    ready: () => JSON.parse(readFileSync(ready, 'utf8')),
    write: text => writeFileSync(file, text),
    spawn: () => {
      rmSync(ready, { force: true });
      const places = ['--data', join(directory, 'data'), '--ready-file', ready];
      child = spawn(program, ['as', 'lightspeed', 'listener', ...args, 'my-config-file.json', ...places], {
        cwd: directory,
        env: { PATH: process.env['PATH'], HOME: directory, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (piece: Buffer) => (output += piece.toString()));
    },
    registered: async () => {
      await until(
        () => {
          if (hasEnded()) throw new Error(`the listener ended with ${child?.exitCode}:\n${output}`);
          return existsSync(ready);
        },
        'the listener to be registered',
        patienceMs,
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${output}`);
      });
    },
    end: async signal => {
      if (child === undefined || hasEnded()) return child?.exitCode ?? child?.signalCode ?? null;
      const ended = once(child, 'close');
      child.kill(signal);
      const timer = setTimeout(() => child?.kill('SIGKILL'), patienceMs);
      const [code, by] = await ended;
      clearTimeout(timer);
      return code ?? by;
    },
    [Symbol.asyncDispose]: async () => {
      await started.end('SIGTERM');
      rmSync(directory, { recursive: true, force: true });
    },
  };
  started.write(typeof listener === 'string' ? listener : JSON.stringify(listener));
  started.spawn();
  return started;
}
