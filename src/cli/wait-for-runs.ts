import type { Api } from './client.ts';
import { type ExitCode, exitCodeOfOutcome, exitCodes } from './exit-codes.ts';
import { type End, followLog } from './follow-log.ts';
import { type CliIo, say } from './io.ts';
import { printLog } from './print-log.ts';
import { runMark } from './style.ts';

/**
 * Follows runs to their end, one after the other, their logs on stdout (or nothing, where stdout is JSON's). What the
 * process ends with tells how they ended: 1 when one failed, else 124 when one timed out.
 */
export async function waitForRuns(
  io: CliIo,
  api: Api,
  runs: readonly string[],
  options: { readonly quiet: boolean | undefined },
): Promise<void> {
  const codes: ExitCode[] = [];
  for (const run of runs)
    codes.push(exitCodeOfOutcome((await waitForRun(io, api, run, options.quiet === true)).outcome));
  io.exitWith(
    codes.find(code => code === exitCodes.failed) ??
      codes.find(code => code !== exitCodes.ok) ??
      exitCodes.ok,
  );
}

async function waitForRun(io: CliIo, api: Api, run: string, quiet: boolean): Promise<End> {
  const path = `/api/runs/${encodeURIComponent(run)}`;
  try {
    const end = quiet
      ? await followLog(io, api, path, async () => {})
      : await printLog(io, api, path, { timestamps: false, json: false });
    say(io, endText(run, end));
    return end;
  } catch (error) {
    if (io.signal.aborted) say(io, `the run goes on; end it with: signalbox runs cancel ${run}`);
    throw error;
  }
}

/** How a run ended, in a line. */
export function endText(run: string, { outcome, exitCode, reason }: End): string {
  const exit = exitCode === null ? '' : `, exit code ${exitCode}`;
  const why = reason === null ? '' : `: ${reason}`;
  return `${runMark(outcome).symbol} ${run} ${outcome}${exit}${why}`;
}
