import { spawn } from 'node:child_process';
import { SignalboxError } from '../../domain/errors.ts';

export interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly directory: string;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** The first mebibyte of it. */
  readonly stdout: string;
  /** The last 16 KiB of it. */
  readonly stderr: string;
}

const mostStdoutBytes = 1024 * 1024;
const mostStderrBytes = 16 * 1024;
/** Git removes its lock files when it is asked to end; this is long enough for that. */
const graceMs = 2_000;

/**
 * Runs a program in a process group of its own to its end. When the signal aborts or the time is up, the whole group is
 * ended, politely first, and it throws the signal's reason or `unavailable`; nothing is left running then.
 */
export async function runProgram(program: Program, signal: AbortSignal): Promise<Ended> {
  signal.throwIfAborted();
  const timeout = AbortSignal.timeout(program.timeoutMs);
  const stop = AbortSignal.any([signal, timeout]);
  const child = spawn(program.name, program.args, {
    cwd: program.directory,
    env: program.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  let stdoutBytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    if (stdoutBytes < mostStdoutBytes) stdout.push(chunk);
    stdoutBytes += chunk.byteLength;
  });
  let stderr = Buffer.alloc(0);
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-mostStderrBytes);
  });

  let killing: NodeJS.Timeout | undefined;
  const end = (): void => {
    endGroup(child.pid, 'SIGTERM');
    killing = setTimeout(() => endGroup(child.pid, 'SIGKILL'), graceMs);
  };
  stop.addEventListener('abort', end, { once: true });
  try {
    // Closed, not only exited: a helper that still holds the output is of the group, and is waited for.
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('close', resolve);
      child.once('error', reject);
    });
    signal.throwIfAborted();
    if (timeout.aborted)
      throw new SignalboxError(
        'unavailable',
        `${program.name} was not done after ${program.timeoutMs / 1000} s`,
      );
    return {
      exitCode,
      stdout: Buffer.concat(stdout).toString().slice(0, mostStdoutBytes),
      stderr: stderr.toString(),
    };
  } catch (error) {
    if (isNotFound(error))
      throw new SignalboxError('unavailable', `${program.name} is not installed, or not on PATH`, {
        cause: error,
      });
    throw error;
  } finally {
    stop.removeEventListener('abort', end);
    clearTimeout(killing);
  }
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
