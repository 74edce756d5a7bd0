import type { Event } from '../../domain/event.ts';
import type { RunId } from '../../domain/id.ts';
import type { Report } from '../../domain/report.ts';

/** What a receiver hears of a run: `run.blocked`, `run.queued`, `run.running`, `run.finished`, with the run as it is now. */
export function messageOf(
  report: Report,
  event: Event | undefined,
  now: number,
  runUrl: ((run: RunId) => string) | null,
): object {
  const { run, rule, repo, sha, status } = report;
  const startedAt = 'startedAt' in status ? status.startedAt : null;
  const finishedAt = status.state === 'finished' ? status.finishedAt : null;
  return {
    type: `run.${status.state}`,
    timestamp: time(finishedAt ?? startedAt ?? event?.receivedAt ?? now),
    data: {
      run: {
        id: run,
        rule,
        state: status.state,
        outcome: status.state === 'finished' ? status.outcome : null,
        exitCode: status.state === 'finished' ? status.exitCode : null,
        reason: 'reason' in status ? status.reason : null,
        startedAt: time(startedAt),
        finishedAt: time(finishedAt),
        url: runUrl?.(run) ?? null,
      },
      event: { id: report.event, type: event?.type ?? null, actor: event?.actor.name ?? null },
      repo: repo && { forge: repo.forge, name: repo.name, url: repo.url },
      ref: event?.ref ?? null,
      branch: event?.branch ?? null,
      sha,
    },
  };
}

const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
