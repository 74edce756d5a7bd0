import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServerClock } from './server-clock.ts';

const noon = Date.UTC(2026, 10, 21, 12);
const answer = (date: string) => ({ headers: new Headers(date === '' ? {} : { date }) });

test('goes by the server, where the own clock is wrong', () => {
  const clock = createServerClock(() => noon);
  assert.equal(clock.now(), noon);
  clock.hear(answer('Sat, 21 Nov 2026 13:00:00 GMT'));
  assert.equal(clock.now(), noon + 3_600_000);
  clock.hear(answer('Sat, 21 Nov 2026 11:00:00 GMT'));
  assert.equal(clock.now(), noon - 3_600_000);
});

test('is not moved by an answer that took a while, or tells no time', () => {
  const clock = createServerClock(() => noon);
  clock.hear(answer('Sat, 21 Nov 2026 11:59:57 GMT'));
  assert.equal(clock.now(), noon);
  clock.hear(answer('Sat, 21 Nov 2026 13:00:00 GMT'));
  for (const nothing of ['', 'soon']) clock.hear(answer(nothing));
  assert.equal(clock.now(), noon + 3_600_000);
});
