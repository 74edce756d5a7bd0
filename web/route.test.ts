import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRoute, to } from './route.ts';

test('every address leads to its page', () => {
  assert.deepEqual(parseRoute(''), { page: 'inbox' });
  assert.deepEqual(parseRoute(to.inbox), { page: 'inbox' });
  assert.deepEqual(parseRoute(to.runs), { page: 'runs' });
  assert.deepEqual(parseRoute(to.event('evt_1')), { page: 'event', id: 'evt_1' });
  assert.deepEqual(parseRoute(to.run('run_1')), { page: 'run', id: 'run_1', line: null });
  assert.deepEqual(parseRoute(to.line('run_1', 12)), { page: 'run', id: 'run_1', line: 12 });
});

test('an address that is none leads nowhere', () => {
  for (const hash of [
    '#/x',
    '#/runs/',
    '#/runs/run_1#L0',
    '#/runs/run_1#Lx',
    '#/runs/../events',
    '#/events/<b>',
  ])
    assert.deepEqual(parseRoute(hash), { page: 'nowhere' });
});
