import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** What became of a call of one of Radicle's programs. */
export type ToolResult =
  | { readonly result: 'done'; readonly output: string }
  | { readonly result: 'missing' }
  | { readonly result: 'failed'; readonly said: string };

export interface ToolOptions {
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** It talks to a node on this machine; the four calls that one report may need together are in time. */
const timeoutMs = 14_000;
const ended = { result: 'failed', said: `it was ended after ${timeoutMs / 1000} s at most` } as const;
/** People read it in a list. */
const longestSaid = 300;

/** Calls a program, and ends it with all that it has started when it takes too long or the signal aborts. Never throws. */
export async function runTool(
  [name, ...args]: readonly [string, ...string[]],
  { env, cwd }: ToolOptions,
  signal: AbortSignal,
): Promise<ToolResult> {
  if (signal.aborted) return { result: 'failed', said: 'it was not called: signalbox is shutting down' };
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let end = (): void => undefined;
  try {
    const child = spawn(name, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
      // What it has let go of may hold these for ever.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    stop.addEventListener('abort', end, { once: true });
    const exit = new Promise<number | null>((resolve, reject) => {
      child.once('close', resolve);
      child.once('error', reject);
    });
    const [output, said, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    if (code === 0) return { result: 'done', output };
    if (stop.aborted) return ended;
    return {
      result: 'failed',
      said: `${said}${output}`.replace(/\s+/g, ' ').trim().slice(0, longestSaid) || `exit code ${code}`,
    };
  } catch (error) {
    if (stop.aborted) return ended;
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? { result: 'missing' } : { result: 'failed', said: String(error) };
  } finally {
    stop.removeEventListener('abort', end);
  }
}
