import type { LogLine } from '../../domain/log.ts';
import type { RunStatus } from '../../domain/run.ts';
import { iso } from './time.ts';

/** A line of a log: `{seq, at, stream, text}`. */
export function logLineJson({ seq, at, stream, text }: LogLine): string {
  return JSON.stringify({ seq, at: iso(at), stream, text });
}

/** How a run ended, at the end of its log. */
export function endJson(status: Extract<RunStatus, { state: 'finished' }>): string {
  const { outcome, exitCode, finishedAt, reason } = status;
  return JSON.stringify({ outcome, exitCode, finishedAt: iso(finishedAt), reason });
}
