import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRoute, to } from './route.ts';

test('every address leads to its page', () => {
  assert.deepEqual(parseRoute(''), { page: 'inbox', filter: {} });
  assert.deepEqual(parseRoute(to.inbox), { page: 'inbox', filter: {} });
  assert.deepEqual(parseRoute(to.runs), { page: 'runs', filter: {} });
  const filter = { q: 'a&b=#c d', source: 'github' };
  assert.deepEqual(parseRoute(to.inboxWith({ ...filter, type: null })), { page: 'inbox', filter });
  assert.deepEqual(parseRoute(to.runsWith({ rule: 'ü' })), { page: 'runs', filter: { rule: 'ü' } });
  const rule = 'a/b?c#d %';
  assert.deepEqual(parseRoute(to.rule(rule)), { page: 'rule', id: rule, event: null });
  assert.deepEqual(parseRoute(to.rulesWith({ q: 'x' })), { page: 'rules', filter: { q: 'x' } });
  assert.deepEqual(parseRoute(to.insightsWith({ rule })), { page: 'insights', filter: { rule } });
  assert.deepEqual(parseRoute(to.queue), { page: 'queue' });
  assert.deepEqual(parseRoute('#/?limit=1&q='), { page: 'inbox', filter: {} });
  assert.deepEqual(parseRoute(to.event('evt_1')), { page: 'event', id: 'evt_1' });
  assert.deepEqual(parseRoute(to.run('run_1')), { page: 'run', id: 'run_1', lines: null });
  for (const lines of [
    { first: 12, last: 12 },
    { first: 12, last: 20 },
  ])
    assert.deepEqual(parseRoute(to.lines('run_1', lines)), { page: 'run', id: 'run_1', lines });
  assert.deepEqual(parseRoute('#/runs/run_1#L20-L12'), parseRoute('#/runs/run_1#L12-L20'));
});

test('an address that is none leads nowhere', () => {
  for (const hash of [
    '#/x',
    '#/rules/%',
    '#/runs/',
    '#/runs/run_1#L0',
    '#/runs/run_1#Lx',
    '#/runs/run_1#L1-',
    '#/runs/run_1#L1-2',
    '#/runs/../events',
    '#/events/<b>',
  ])
    assert.deepEqual(parseRoute(hash), { page: 'nowhere' });
});
