import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventSummary, Refusal } from '../wire.ts';
import { arrivalsOf } from './arrivals.ts';

const at = (minute: number) => `2026-11-21T12:${String(minute).padStart(2, '0')}:00.000Z`;
const event = (minute: number) => ({ id: `evt_${minute}`, receivedAt: at(minute) }) as EventSummary;
const refusal = (minute: number, status = 401) =>
  ({ id: `dlv_${minute}`, receivedAt: at(minute), source: 'github', status }) as Refusal;
const shown = (arrivals: ReturnType<typeof arrivalsOf>) =>
  arrivals.map(({ id, ...arrival }) => (arrival.kind === 'event' ? id : `${id} ×${arrival.refusals.length}`));

test('events and refusals stand as they came, like refusals together', () => {
  const events = [event(9), event(5), event(1)];
  const refusals = [refusal(8), refusal(7), refusal(6, 413), refusal(3), refusal(0)];
  assert.deepEqual(shown(arrivalsOf(events, refusals, true)), [
    'evt_9',
    'dlv_7 ×2',
    'dlv_6 ×1',
    'evt_5',
    'dlv_3 ×1',
    'evt_1',
    'dlv_0 ×1',
  ]);
});

test('refusals from before the events that were read wait for those', () => {
  assert.deepEqual(shown(arrivalsOf([event(5)], [refusal(6), refusal(4)], false)), ['dlv_6 ×1', 'evt_5']);
  assert.deepEqual(shown(arrivalsOf([], [refusal(4)], true)), ['dlv_4 ×1']);
});
