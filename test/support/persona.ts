import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './server.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'signalbox');
const patienceMs = 20_000;

/** A real `signalbox as …`, on a free port, with a directory of its own to work in. */
export interface Persona extends AsyncDisposable {
  readonly directory: string;
  /** Its door, and the admin door. */
  readonly url: string;
  readonly admin: string;
  stdout(): string;
  stderr(): string;
  /** A call of the admin API; fails when the answer is not 2xx. */
  api<Answer>(path: string, init?: RequestInit): Promise<Answer>;
  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal and waits for the end; returns how it ended. */
  end(signal: NodeJS.Signals): Promise<number | string | null>;
  /** Starts it (again), with more environment. */
  start(env?: Readonly<Record<string, string>>): Promise<void>;
}

/** Writes the files, relative to its directory, and starts the persona there, or elsewhere. */
export async function startPersona(
  args: readonly string[],
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Persona> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-persona-'));
  const ready = join(directory, 'ready.json');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  let child: ChildProcess | undefined;
  let doors = { public: '', admin: '' };
  const said = { stdout: '', stderr: '' };
  const persona: Persona = {
    directory,
    get url() {
      return doors.public;
    },
    get admin() {
      return doors.admin;
    },
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    api: async (path, init = {}) => {
      const token = readFileSync(join(directory, 'data', 'admin-token'), 'utf8').trim();
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
      const response = await fetch(`${doors.admin}${path}`, { ...init, headers });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
      return JSON.parse(text);
    },
    signal: signal => void child?.kill(signal),
    end: async signal => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null)
        return child?.exitCode ?? child?.signalCode ?? null;
      const ended = once(child, 'close');
      child.kill(signal);
      const timer = setTimeout(() => child?.kill('SIGKILL'), patienceMs);
      const [code, by] = await ended;
      clearTimeout(timer);
      return code ?? by;
    },
    start: async (more = {}) => {
      rmSync(ready, { force: true });
      const usual = (option: string, value: string) => (args.includes(option) ? [] : [option, value]);
      const places = [
        ...usual('--host', '127.0.0.1'),
        ...(env['PORT'] === undefined ? usual('--port', '0') : []),
        '--admin-port',
        '0',
        '--data',
        join(directory, 'data'),
      ];
      child = spawn(program, ['as', ...args, ...places, '--ready-file', ready], {
        cwd: cwd ?? directory,
        env: { PATH: process.env['PATH'], HOME: directory, ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream]?.on('data', (piece: Buffer) => (said[stream] += piece.toString()));
      await until(() => {
        if (child?.exitCode !== null || child.signalCode !== null)
          throw new Error(`it ended with ${child?.exitCode ?? child?.signalCode}:\n${said.stderr}`);
        return existsSync(ready);
      }, 'the doors to open');
      doors = JSON.parse(readFileSync(ready, 'utf8'));
    },
    [Symbol.asyncDispose]: async () => {
      await persona.end('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await persona.start();
  } catch (error) {
    await persona[Symbol.asyncDispose]();
    throw error;
  }
  return persona;
}

/** Runs `signalbox as …` to its end. */
export async function persona(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<{ readonly code: number | string; readonly stderr: string }> {
  const child = spawn(program, ['as', ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: patienceMs,
    killSignal: 'SIGKILL',
  });
  let stderr = '';
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  const [code, by] = await once(child, 'close');
  return { code: code ?? by, stderr };
}
