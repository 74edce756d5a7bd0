import type { VerdictWord } from '../../src/domain/verdict.ts';

/** All verdicts on an event, counted: `2 ran, 1 not`. */
export function verdictCounts(verdicts: readonly { readonly verdict: VerdictWord }[]): string {
  if (verdicts.length === 0) return 'no rule was asked';
  const count = (word: VerdictWord): number => verdicts.filter(({ verdict }) => verdict === word).length;
  const [matched, not, blocked, error] = [
    count('matched'),
    count('not matched'),
    count('blocked'),
    count('error'),
  ];
  return [
    `${matched} ran`,
    ...(blocked === 0 ? [] : [`${blocked} held`]),
    ...(error === 0 ? [] : [`${error} broken`]),
    ...(not === 0 ? [] : [`${not} not`]),
  ].join(', ');
}
