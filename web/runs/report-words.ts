import { span } from '../format.ts';
import type { RunDetail } from '../wire.ts';

/** How the reports of a run stand, all in all. */
export interface ReportWords {
  readonly look: 'sent' | 'waiting' | 'failed';
  readonly words: string;
  /** From the run's end until everybody had heard of it; null as long as somebody has not. */
  readonly ms: number | null;
}

/** Null when there are none. */
export function reportWords({
  reports,
  finishedAt,
}: Pick<RunDetail, 'reports' | 'finishedAt'>): ReportWords | null {
  if (reports.length === 0) return null;
  const count = (...states: readonly string[]): number =>
    reports.filter(({ state }) => states.includes(state)).length;
  if (count('given up') > 0) return { look: 'failed', words: 'given up', ms: null };
  if (count('waiting') > 0)
    return { look: 'waiting', words: `${count('sent', 'replaced')} of ${reports.length}`, ms: null };
  const heardAt = reports.flatMap(({ sentAt }) => (sentAt === null ? [] : [Date.parse(sentAt)]));
  if (finishedAt === null || heardAt.length === 0) return { look: 'sent', words: 'sent', ms: null };
  const ms = Math.max(0, Math.max(...heardAt) - Date.parse(finishedAt));
  return { look: 'sent', words: span(ms), ms };
}
