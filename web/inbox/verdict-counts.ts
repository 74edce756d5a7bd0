import type { VerdictWord } from '../../src/domain/verdict.ts';
import { count } from '../format.ts';

/** All verdicts on an event, counted: `3 rules: 2 ran, 1 not`. */
export function verdictCounts(verdicts: readonly { readonly verdict: VerdictWord }[]): string {
  if (verdicts.length === 0) return 'no rule was asked';
  const given = (word: VerdictWord): number => verdicts.filter(({ verdict }) => verdict === word).length;
  const [matched, not, blocked, error] = [
    given('matched'),
    given('not matched'),
    given('blocked'),
    given('error'),
  ];
  const words = [
    `${matched} ran`,
    ...(blocked === 0 ? [] : [`${blocked} held`]),
    ...(error === 0 ? [] : [`${error} broken`]),
    ...(not === 0 ? [] : [`${not} not`]),
  ];
  return `${count(verdicts.length, 'rule')}: ${words.join(', ')}`;
}
