import { runSchema } from '../server/json/run.ts';
import type { Api } from './client.ts';
import { type ExitCode, exitCodeOfOutcome, exitCodes } from './exit-codes.ts';
import { type End, followLog } from './follow-log.ts';
import { type CliIo, say } from './io.ts';
import { type LogStyle, printLog } from './print-log.ts';
import { runMark } from './style.ts';

/**
 * Follows runs to their end, one after the other, with their logs on stdout (null: without). What the process ends
 * with tells how they ended: 1 when one failed, else 124 when one timed out.
 */
export async function followRuns(
  io: CliIo,
  api: Api,
  runs: readonly string[],
  style: LogStyle | null,
): Promise<void> {
  const codes: ExitCode[] = [];
  for (const run of runs) codes.push(exitCodeOfOutcome((await followRun(io, api, run, style)).outcome));
  const worst =
    codes.find(code => code === exitCodes.failed) ?? codes.find(code => code === exitCodes.timeout);
  io.exitWith(worst ?? exitCodes.ok);
}

async function followRun(io: CliIo, api: Api, wanted: string, style: LogStyle | null): Promise<End> {
  const { value } = await api.get(`/api/runs/${encodeURIComponent(wanted)}`, runSchema);
  // From here on by its own id: what "last" means may change.
  const path = `/api/runs/${encodeURIComponent(value.id)}`;
  if (value.state === 'blocked') say(io, `it waits for approval: signalbox runs approve ${value.id}`);
  try {
    const end =
      style === null ? await followLog(io, api, path, async () => {}) : await printLog(io, api, path, style);
    say(io, endText(value.id, end));
    return end;
  } catch (error) {
    if (io.signal.aborted) say(io, `the run goes on; end it with: signalbox runs cancel ${value.id}`);
    throw error;
  }
}

function endText(run: string, { outcome, exitCode, reason }: End): string {
  const exit = exitCode === null ? '' : `, exit code ${exitCode}`;
  const why = reason === null ? '' : `: ${reason}`;
  return `${runMark(outcome).symbol} ${run} ${outcome}${exit}${why}`;
}
