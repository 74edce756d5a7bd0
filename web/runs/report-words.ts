import type { RunDetail } from '../wire.ts';

/** How the reports of a run stand, all in all; null when there are none. */
export function reportWords(
  reports: RunDetail['reports'],
): { readonly look: 'sent' | 'waiting' | 'failed'; readonly words: string } | null {
  if (reports.length === 0) return null;
  const count = (...states: readonly string[]): number =>
    reports.filter(({ state }) => states.includes(state)).length;
  if (count('given up') > 0) return { look: 'failed', words: 'given up' };
  if (count('waiting') > 0)
    return { look: 'waiting', words: `${count('sent', 'replaced')} of ${reports.length}` };
  return { look: 'sent', words: 'sent' };
}
