import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { sourceSuite } from '../../contracts/source.suite.ts';
import type { Delivery } from '../../domain/delivery.ts';
import { deliveryId } from '../../domain/id.ts';
import { type BuildWord, createBuildkiteSource } from './source.ts';

const secret = 's3cr3t-webhook-token';
const at = 1_785_600_000;
const sample =
  '{"event":"build.running","build":{"id":"0190b2c4-7d11-4c55-9a51-0d9f2b7e6a10","number":41,"state":"running"}}';
const known = '130cc09001af2afefe01365a1e827b23a253790773601ac9085871aa3c6f814d';

const sign = (body: string | Uint8Array, timestamp: number | string = at): string =>
  createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');

function delivery(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  receivedAt = at * 1000,
): Delivery {
  return {
    id: deliveryId('01k00000000000000000000001'),
    source: 'buildkite',
    receivedAt,
    peer: '127.0.0.1',
    method: 'POST',
    path: '/webhooks/buildkite',
    headers: Object.entries(headers),
    body: Buffer.from(body),
  };
}

const byToken = (body: string | Uint8Array) => delivery(body, { 'x-buildkite-token': secret });
const signed = (body: string | Uint8Array) =>
  delivery(body, { 'x-buildkite-signature': `timestamp=${at},signature=${sign(body)}` });

const suite = {
  kind: 'http',
  accepted: () => [],
  onlyTells: true,
  secrets: [secret],
} as const;
sourceSuite('buildkite, by token', {
  ...suite,
  create: () => createBuildkiteSource({ proof: { mode: 'token', secret } }, () => {}),
  accepted: () => [byToken(sample)],
  idle: () => byToken('{"event":"ping"}'),
  unproven: () => delivery(sample, { 'x-buildkite-token': 'wrong' }),
  proven: byToken,
});
sourceSuite('buildkite, signed', {
  ...suite,
  create: () => createBuildkiteSource({ proof: { mode: 'signature', secret, maxAgeMs: null } }, () => {}),
  accepted: () => [signed(sample)],
  idle: () => signed('null'),
  unproven: () =>
    delivery(sample, { 'x-buildkite-signature': `timestamp=${at},signature=${'0'.repeat(64)}` }),
  proven: signed,
});

function statusOf(proof: Parameters<typeof createBuildkiteSource>[0], what: Delivery): number {
  const received = createBuildkiteSource(proof, () => {}).receive(what);
  return received.result === 'accepted' ? 200 : received.status;
}

describe('who may tell', () => {
  const token = { proof: { mode: 'token', secret } } as const;
  const signature = { proof: { mode: 'signature', secret, maxAgeMs: null } } as const;
  const header = (text: string) => delivery(sample, { 'x-buildkite-signature': text });

  test('a token: right, wrong, missing, and a signature instead', () => {
    const of = (headers: Record<string, string>) => statusOf(token, delivery(sample, headers));
    assert.equal(of({ 'x-buildkite-token': secret }), 200);
    assert.equal(of({ 'x-buildkite-token': `${secret}x` }), 401);
    assert.equal(of({}), 401);
    assert.equal(of({ 'x-buildkite-signature': `timestamp=${at},signature=${known}` }), 401);
  });

  test('a signature, however it is written', () => {
    assert.equal(sign(sample), known);
    const other = known.replace('1', '2');
    const table: readonly (readonly [text: string, status: number])[] = [
      [`timestamp=${at},signature=${known}`, 200],
      [`signature=${known},timestamp=${at}`, 200],
      [` timestamp = ${at} , signature = ${known} `, 200],
      [`timestamp=${at},signature=${known.toUpperCase()}`, 200],
      [`timestamp=${at},version=1,signature=${known}`, 200],
      [`timestamp=${at},signature=${other},signature=${known}`, 200],
      [`timestamp=${at},signature=${known},signature=${other}`, 401],
      [`timestamp=${at},signature=${other}`, 401],
      [`timestamp=${at + 1},signature=${known}`, 401],
      [`timestamp=${at},signature=${known.slice(1)}`, 401],
      [`timestamp=${at},signature=${'x'.repeat(64)}`, 401],
      [`timestamp=then,signature=${known}`, 401],
      [`signature=${known}`, 401],
      [`timestamp=${at}`, 401],
      ['', 401],
    ];
    for (const [text, status] of table) assert.equal(statusOf(signature, header(text)), status, text);
    assert.equal(statusOf(signature, delivery(sample, { 'x-buildkite-token': secret })), 401);
    assert.equal(
      statusOf(
        signature,
        delivery(`${sample} `, { 'x-buildkite-signature': `timestamp=${at},signature=${known}` }),
      ),
      401,
    );
  });

  test('how old a signature may be is for the configuration to say', () => {
    const strict = { proof: { mode: 'signature', secret, maxAgeMs: 300_000 } } as const;
    for (const [apartMs, status] of [
      [300_000, 200],
      [300_001, 401],
      [-300_001, 401],
    ] as const) {
      const headers = { 'x-buildkite-signature': `timestamp=${at},signature=${known}` };
      assert.equal(statusOf(strict, delivery(sample, headers, at * 1000 + apartMs)), status);
      assert.equal(statusOf(signature, delivery(sample, headers, at * 1000 + apartMs)), 200);
    }
  });

  test('nobody, where the configuration says nothing about webhooks', () => {
    assert.equal(statusOf({ proof: null }, byToken(sample)), 401);
  });
});

test('what has become of a webhook, in the words that are known', () => {
  const { speech } = createBuildkiteSource({ proof: { mode: 'token', secret } }, () => {});
  const refused = (status: number) => speech?.tell({ result: 'refused', status, reason: 'a secret' });
  for (const [status, answered, words] of [
    [401, 401, 'unauthorized\n'],
    [400, 400, 'bad payload\n'],
    [500, 500, 'internal error\n'],
    [503, 500, 'internal error\n'],
    [507, 500, 'internal error\n'],
  ] as const)
    assert.deepEqual([refused(status)?.status, refused(status)?.body], [answered, words]);
  assert.deepEqual(speech?.tell({ result: 'idle', reason: null }), { status: 200, headers: {}, body: '' });
});

test('what cannot be read, and what may be empty', () => {
  const settings = { proof: { mode: 'token', secret } } as const;
  const unreadable = [
    '{',
    '[]',
    '"x"',
    '{} x',
    '',
    '7',
    '{"build":7}',
    '{"build":{"number":"41"}}',
    '{"event":{}}',
  ];
  for (const body of unreadable) assert.equal(statusOf(settings, byToken(body)), 400, body);
  for (const body of ['{}', 'null', '{"build":null}', ' {"event":null} \n'])
    assert.equal(statusOf(settings, byToken(body)), 200, body);
});

test('the header names the event, and the body only where there is none', () => {
  const words: BuildWord[] = [];
  const source = createBuildkiteSource({ proof: { mode: 'token', secret } }, word => words.push(word));
  const told = (event: string | null) => {
    const what = delivery(sample, {
      'x-buildkite-token': secret,
      ...(event === null ? {} : { 'x-buildkite-event': event }),
    });
    const received = source.receive(what);
    source.stored?.(what);
    return received.result === 'accepted' ? received.event.action : null;
  };
  assert.deepEqual(['build.finished', null, '', 'job.finished', 'ping', 'agent.lost'].map(told), [
    'build.finished',
    'build.running',
    'build.running',
    'job.finished',
    'ping',
    'agent.lost',
  ]);
  const build = '0190b2c4-7d11-4c55-9a51-0d9f2b7e6a10';
  assert.deepEqual(words, [
    { build, state: 'running' },
    { build, state: 'running' },
    { build, state: 'running' },
    { build, state: null },
  ]);
});
