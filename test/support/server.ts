import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endChild } from './end-child.ts';
import { endStrays } from './end-strays.ts';

const root = join(import.meta.dirname, '..', '..');
/** How long a server may take to open or close its doors before the test fails. */
const patienceMs = 20_000;

/** A real `signalbox serve` with a data directory of its own. */
export interface TestServer extends AsyncDisposable {
  readonly directory: string;
  readonly publicUrl: string;
  readonly adminUrl: string;
  readonly token: string;
  /** Everything the process has printed. */
  output(): string;
  /** A call of the admin API with the token; fails when the answer is not 2xx. Nothing answered is `undefined`. */
  api<Answer>(path: string, init?: RequestInit): Promise<Answer>;
  /** Sends a signal and waits for the process to end; returns its exit code or the signal's name. */
  end(signal: NodeJS.Signals): Promise<number | string | null>;
  /** Starts it again on the same data, after `end`. */
  start(): Promise<void>;
}

/** Writes the configuration (with `data: ./data` and free ports) and starts the server. */
export async function startServer(
  config: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  const file = join(directory, 'signalbox.yaml');
  const ready = join(directory, 'ready.json');
  writeFileSync(file, config);
  let child: ChildProcess | undefined;
  let output = '';
  let doors = { public: '', admin: '' };

  const server: TestServer = {
    directory,
    get publicUrl() {
      return doors.public;
    },
    get adminUrl() {
      return doors.admin;
    },
    get token() {
      return readFileSync(join(directory, 'data', 'admin-token'), 'utf8').trim();
    },
    output: () => output,
    api: async (path, init = {}) => {
      const headers = {
        authorization: `Bearer ${server.token}`,
        ...(init.body ? { 'content-type': 'application/json' } : {}),
      };
      const response = await fetch(`${doors.admin}${path}`, { ...init, headers });
      const text = await response.text();
      if (!response.ok)
        throw new Error(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    start: async () => {
      rmSync(ready, { force: true });
      const args = [
        'serve',
        '--config',
        file,
        '--port',
        '0',
        '--admin-port',
        '0',
        '--host',
        '127.0.0.1',
        '--ready-file',
        ready,
      ];
      child = spawn(join(root, 'bin', 'signalbox'), args, {
        cwd: directory,
        env: { PATH: process.env['PATH'], HOME: directory, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout?.on('data', (piece: Buffer) => (output += piece.toString()));
      child.stderr?.on('data', (piece: Buffer) => (output += piece.toString()));
      await until(() => {
        if (child?.exitCode !== null) throw new Error(`the server ended with ${child?.exitCode}:\n${output}`);
        return existsSync(ready);
      }, 'the server to be ready');
      doors = JSON.parse(readFileSync(ready, 'utf8'));
    },
    end: signal => endChild(child, signal, patienceMs),
    [Symbol.asyncDispose]: async () => {
      await server.end('SIGTERM');
      endStrays(directory);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await server.start();
  } catch (error) {
    await server.end('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  return server;
}

/** Looks until `look` gives something truthy; fails, naming what it waited for, after a while. */
export async function until<Found>(
  look: () => Found | Promise<Found>,
  what: string,
  withinMs: number = patienceMs,
): Promise<NonNullable<Found>> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
