import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endChild } from './end-child.ts';
import { endStrays } from './end-strays.ts';
import { until } from './server.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'signalbox');
/** Longer than any job of these tests lasts. */
const endsWithinMs = 30_000;

/** A real `signalbox agent` with a data directory of its own. */
export interface TestAgent extends AsyncDisposable {
  readonly directory: string;
  readonly pid: number;
  /** Everything the process has printed. */
  output(): string;
  send(signal: NodeJS.Signals): void;
  /** Sends a signal and waits for the process to end; returns its exit code or the signal's name. */
  end(signal: NodeJS.Signals): Promise<number | string | null>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
}

export interface AgentWishes {
  readonly name: string;
  readonly pools: readonly string[];
  readonly slots: number;
  readonly transport: string;
  /** Further lines of its file. */
  readonly more?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it, and resolves when it takes runs. */
export async function startAgent(wishes: AgentWishes): Promise<TestAgent> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-agent-'));
  const { name, pools, slots, transport } = wishes;
  writeFileSync(
    join(directory, 'agent.yaml'),
    `version: 1
data: ./agent
transport: ${JSON.stringify(transport)}
agent: { name: ${name}, pools: [${pools.join(', ')}], slots: ${slots} }
git: { allowFile: true }
${wishes.more ?? ''}
`,
  );
  const ready = join(directory, 'ready.json');
  let child: ChildProcess | undefined;
  let output = '';
  const hasEnded = () => child === undefined || child.exitCode !== null || child.signalCode !== null;
  const agent: TestAgent = {
    directory,
    get pid() {
      return child?.pid ?? 0;
    },
    output: () => output,
    send: signal => void child?.kill(signal),
    start: async () => {
      rmSync(ready, { force: true });
      child = spawn(program, ['agent', '--config', 'agent.yaml', '--ready-file', ready], {
        cwd: directory,
        env: { PATH: process.env['PATH'], HOME: directory, ...wishes.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout?.on('data', (piece: Buffer) => (output += piece.toString()));
      child.stderr?.on('data', (piece: Buffer) => (output += piece.toString()));
      await until(
        () => {
          if (hasEnded()) throw new Error(`the agent ended with ${child?.exitCode}:\n${output}`);
          return existsSync(ready);
        },
        `agent ${name} to be ready`,
        60_000,
      );
    },
    end: signal => endChild(child, signal, endsWithinMs),
    [Symbol.asyncDispose]: async () => {
      agent.send('SIGTERM');
      await agent.end('SIGTERM');
      endStrays(directory);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await agent.start();
  } catch (error) {
    await agent.end('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  return agent;
}
