import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JudgedEvent, tallyHours, tallyRules } from './tally.ts';
import type { VerdictWord } from './verdict.ts';

const hour = 3_600_000;
const event = (receivedAt: number, said: Record<string, VerdictWord>): JudgedEvent => ({
  receivedAt,
  verdicts: Object.entries(said).map(([rule, verdict]) => ({ rule, verdict })),
});

test('a rule matches also where somebody has to approve', () => {
  const tallies = tallyRules([
    event(40, { unit: 'not matched', deploy: 'error' }),
    event(30, { unit: 'matched', deploy: 'blocked' }),
    event(20, { unit: 'matched' }),
  ]);
  assert.deepEqual(tallies.get('unit'), { asked: 3, matched: 2, lastMatchAt: 30 });
  assert.deepEqual(tallies.get('deploy'), { asked: 2, matched: 1, lastMatchAt: 30 });
});

test('every event counts once, in its hour, by the verdict that most needs to be seen', () => {
  const events = [
    event(3 * hour, { a: 'matched', b: 'error' }),
    event(2 * hour + 1, { a: 'matched', b: 'blocked' }),
    event(2 * hour, { a: 'matched', b: 'not matched' }),
    event(hour, {}),
    event(hour - 1, { a: 'matched' }),
  ];
  const none = { error: 0, blocked: 0, matched: 0, notMatched: 0 };
  assert.deepEqual(tallyHours(events, hour + 5, 3 * hour + 7), [
    { ...none, at: hour, notMatched: 1 },
    { ...none, at: 2 * hour, blocked: 1, matched: 1 },
    { ...none, at: 3 * hour, error: 1 },
  ]);
  assert.deepEqual(tallyHours(events, 5 * hour, hour), []);
});
