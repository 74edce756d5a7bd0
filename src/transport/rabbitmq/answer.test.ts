import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sample } from '../../contracts/store/samples.suite.ts';
import type { AgentNews, Claim } from '../../contracts/transport.ts';
import { answer } from './answer.ts';
import { createTicketKeys } from './ticket-keys.ts';
import { writeAsk } from './wire.ts';

test('a run whose event no message can hold ends at once, with the reason, and is not asked for again and again', async () => {
  const { event, runs } = sample({ runs: 1 });
  const [run] = runs;
  assert.ok(run);
  const grant: Claim = {
    result: 'granted',
    run,
    event: { ...event, ref: 'x'.repeat(20_000_000) },
    trigger: null,
    leaseMs: 1,
    secrets: {},
    cloneToken: null,
  };
  const heard: AgentNews[] = [];
  const keys = createTicketKeys('of this test');
  const served = {
    begin: async () => ({ leaseMs: 1, isDrained: false }),
    claim: async () => grant,
    news: async (_: string, word: AgentNews) => void heard.push(word),
    undelivered: async () => undefined,
  };
  const question = writeAsk({ ask: 'claim', run: run.id, id: 'c', key: keys.keyOf(run.id) });
  const said = await answer({ served, keys, trouble: () => undefined }, 'box', question);
  assert.match(
    String(said),
    /"ok":\{"result":"refused","reason":"this run cannot be given to an agent: a message of/,
  );
  const [word] = heard;
  assert.ok(heard.length === 1 && word?.kind === 'news' && word.news.kind === 'finished');
  assert.equal(word.run, run.id);
  assert.equal(word.news.ending.outcome, 'error');
  assert.match(word.news.ending.reason ?? '', /is too large for the broker/);
});
