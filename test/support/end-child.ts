import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Sends a signal and waits for the process to end, which is helped along after a while. Returns its exit code or the signal's name. */
export async function endChild(
  child: ChildProcess | undefined,
  signal: NodeJS.Signals,
  patienceMs: number,
): Promise<number | NodeJS.Signals | null> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null)
    return child?.exitCode ?? null;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const [code, by] = await ended;
  clearTimeout(timer);
  return code ?? by;
}
