import type { Told } from '../../contracts/source.ts';
import type { RunId } from '../../domain/id.ts';
import { type FollowNeeds, followLog } from '../../engine/feed.ts';

/** What a waiting caller is given of the output; all of it is in the run's log. */
const mostOutputBytes = 1024 * 1024;

/** Waits for the end of a run, and collects what it prints; for as long as the signal lets it. */
export async function waitForEnd(
  needs: FollowNeeds,
  run: RunId,
  signal: AbortSignal,
): Promise<Extract<Told, { result: 'waited' }>> {
  let output = '';
  for await (const news of followLog(needs, run, 0, signal)) {
    if (news.kind === 'end') {
      const { outcome, exitCode } = news.status;
      return { result: 'waited', run, outcome, exitCode, output };
    }
    for (const { stream, text } of news.lines)
      if (stream !== 'system' && output.length < mostOutputBytes) output += `${text}\n`;
  }
  return { result: 'waited', run, outcome: null, exitCode: null, output };
}
