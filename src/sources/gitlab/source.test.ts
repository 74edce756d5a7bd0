import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { changedJson } from '../../../test/support/changed-json.ts';
import {
  fixture,
  fixtures,
  gitlabDelivery,
  mergeRequest,
  push,
  signature,
} from '../../../test/support/gitlab-payloads.ts';
import { sourceSuite } from '../../contracts/source.suite.ts';
import type { Received } from '../../contracts/source.ts';
import { concealed, header } from '../../domain/delivery.ts';
import type { NewEvent } from '../../domain/event.ts';
import { createGitlabSource } from './source.ts';

const token = 'a token that GitLab sends';
const secret = `whsec_${Buffer.from('thirty-two bytes, as GitLab does').toString('base64')}`;
const older = `whsec_${Buffer.from('another key, as good as the first').toString('base64')}`;
const plain = createGitlabSource({ tokens: [token], secrets: [] });
const signed = createGitlabSource({ tokens: [], secrets: [secret] });

const asking = [push({}), push({ ref: 'refs/tags/v1.4.0' }), mergeRequest({})];

sourceSuite('gitlab, by token', {
  kind: 'http',
  create: () => plain,
  accepted: () => asking.map(payload => gitlabDelivery(payload, { token })),
  idle: () => gitlabDelivery(fixture('note'), { token }),
  unproven: () => gitlabDelivery(push({}), { token: `${token}, nearly` }),
  proven: body => ({ ...gitlabDelivery('', { token }), body }),
  secrets: [token],
});

sourceSuite('gitlab, by signature', {
  kind: 'http',
  create: () => signed,
  accepted: () => asking.map(payload => gitlabDelivery(payload, { secret })),
  idle: () => gitlabDelivery(fixture('note'), { secret }),
  unproven: () => gitlabDelivery(push({}), { secret: older }),
  proven: body => ({ ...gitlabDelivery('', { secret }, signature(body, secret, 'an id', '0')), body }),
  secrets: [secret, secret.slice('whsec_'.length)],
});

function accepted(received: Received): NewEvent {
  assert.equal(received.result, 'accepted', JSON.stringify(received));
  return received.event;
}

function rejected(received: Received, status: number): string {
  assert.equal(received.result, 'rejected');
  assert.equal(received.status, status, received.reason);
  return received.reason;
}

describe('token', () => {
  const withToken = (value: string | undefined) =>
    plain.receive(gitlabDelivery(push({}), { token }, { 'x-gitlab-token': value }));

  test('only the very token is accepted', () => {
    accepted(withToken(token));
    assert.match(rejected(withToken(undefined), 401), /X-Gitlab-Token is missing/);
    for (const wrong of [
      '',
      token.slice(1),
      `${token} `,
      ` ${token}`,
      token.toUpperCase(),
      `${token}, ${token}`,
    ])
      assert.match(
        rejected(withToken(wrong), 401),
        /^X-Gitlab-Token is not the token \(body of \d+ bytes\)$/,
      );
  });

  test('A6: while a token is replaced both are good, and which one matched is told', () => {
    const rotating = createGitlabSource({ tokens: ['new', 'old'], secrets: [] });
    for (const [sent, place] of [
      ['new', '1 of 2'],
      ['old', '2 of 2'],
    ] as const)
      assert.deepEqual(rotating.receive(gitlabDelivery(push({}), { token: sent })).authentication, {
        result: 'verified',
        by: 'X-Gitlab-Token',
        secret: place,
      });
    assert.match(rejected(rotating.receive(gitlabDelivery(push({}), { token })), 401), /any of 2 tokens/);
  });

  test('its header is not kept, right or wrong; all others are', () => {
    for (const sent of [token, 'a wrong one']) {
      const delivery = gitlabDelivery(push({}), { token: sent });
      const kept = concealed(delivery, plain.secretHeaders);
      assert.equal(header(kept, 'x-gitlab-token'), '***');
      assert.deepEqual(
        kept.headers.filter(([name]) => name !== 'x-gitlab-token'),
        delivery.headers.filter(([name]) => name !== 'x-gitlab-token'),
      );
    }
  });
});

describe('signature', () => {
  const body = JSON.stringify(push({}));
  const good = signature(body, secret, 'the-id', '1000');
  const receive = (headers: Readonly<Record<string, string | undefined>>, receivedAt = 1_000_000) =>
    signed.receive({ ...gitlabDelivery(body, { secret }, { ...good, ...headers }), receivedAt });

  test('covers id, time and body', () => {
    assert.deepEqual(receive({}).authentication, {
      result: 'verified',
      by: 'webhook-signature',
      secret: '1 of 1',
    });
    assert.match(
      rejected(receive({ 'webhook-id': 'another-id' }), 401),
      /was not made with the signing token/,
    );
    rejected(receive({ 'webhook-timestamp': '1001' }), 401);
    const delivery = gitlabDelivery(body, { secret });
    rejected(signed.receive({ ...delivery, body: Buffer.from(body.replace('main', 'nain')) }), 401);
  });

  test('the example of the Standard Webhooks documentation verifies', () => {
    const example = createGitlabSource({ tokens: [], secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] });
    const delivery = gitlabDelivery(
      '{"test": 2432232314}',
      { secret },
      {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
    );
    const reason = rejected(example.receive({ ...delivery, receivedAt: 1614265330_000 }), 400);
    assert.match(reason, /object_kind/); // authentic, though no GitLab payload
  });

  test('of several signatures one must be right; other versions are passed over', () => {
    const right = good['webhook-signature'];
    const wrong = signature(body, older, 'the-id', '1000')['webhook-signature'];
    accepted(receive({ 'webhook-signature': `${wrong} v1a,xyz ${right}` }));
    for (const bad of [
      undefined,
      '',
      wrong,
      right.slice('v1,'.length),
      right.replace('v1,', 'v2,'),
      right.replace('v1,', 'V1,'),
      right.slice(0, -1),
      `${right}${right}`,
    ])
      rejected(receive({ 'webhook-signature': bad }), 401);
  });

  test('is good for five minutes before and after, by this machine’s clock', () => {
    const minute = 60_000;
    for (const offMs of [0, 5 * minute, -5 * minute]) accepted(receive({}, 1_000_000 + offMs));
    assert.match(rejected(receive({}, 1_000_000 + 5 * minute + 1), 401), /signed 300 s ago/);
    assert.match(rejected(receive({}, 1_000_000 - 6 * minute), 401), /360 s in the future/);
    for (const timestamp of [undefined, '', '1e3', '-1000', '1000.0', '1000 ', '9'.repeat(400)])
      rejected(receive({ 'webhook-timestamp': timestamp }), 401);
  });

  test('without an id is none: it would be no protection against being sent again', () => {
    const headers = signature(body, secret, '', '1000');
    rejected(receive({ ...headers, 'webhook-id': '' }), 401);
    rejected(receive({ 'webhook-id': undefined }), 401);
  });

  test('A6: while a secret is replaced both are good', () => {
    const rotating = createGitlabSource({ tokens: [], secrets: [secret, older] });
    const { authentication } = rotating.receive(gitlabDelivery(body, { secret: older }));
    assert.deepEqual(authentication, { result: 'verified', by: 'webhook-signature', secret: '2 of 2' });
  });

  test('where both ways are open, what is signed must be signed well, whatever token it carries', () => {
    const both = createGitlabSource({ tokens: [token], secrets: [secret] });
    accepted(both.receive(gitlabDelivery(body, { token })));
    accepted(both.receive(gitlabDelivery(body, { secret })));
    rejected(both.receive(gitlabDelivery(body, { secret: older }, { 'x-gitlab-token': token })), 401);
    rejected(signed.receive(gitlabDelivery(body, { token: secret })), 401);
    rejected(plain.receive(gitlabDelivery(body, { secret })), 401);
  });
});

test('a source that anyone could send to is not made', () => {
  for (const options of [
    { tokens: [], secrets: [] },
    { tokens: [''], secrets: [] },
    { tokens: ['good', ''], secrets: [secret] },
  ])
    assert.throws(() => createGitlabSource(options), /sources\.gitlab\.token is empty/);
  for (const bad of ['', 'whsec_', 'whsec_c2hvcnQ=', secret.slice(6), `whsec_${'!'.repeat(44)}`])
    assert.throws(() => createGitlabSource({ tokens: [], secrets: [bad] }), /is no signing token/);
});

describe('body', () => {
  test('only plain JSON is read, and only from whom may send it', () => {
    const receive = (body: string, headers: Readonly<Record<string, string | undefined>> = {}) =>
      plain.receive(gitlabDelivery(body, { token }, headers));
    const json = JSON.stringify(push({}));
    accepted(receive(json, { 'content-type': 'application/json; charset=utf-8' }));
    for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded'])
      rejected(receive(json, { 'content-type': type }), 415);
    rejected(receive(gzipSync(json).toString('latin1'), { 'content-encoding': 'gzip' }), 415);
    for (const body of ['', '{', 'null', '[]', '3', '"push"', '{}', '{"object_kind":"push"}'])
      rejected(receive(body), 400);
    rejected(receive('{', { 'x-gitlab-token': 'wrong' }), 401);
    const reason = rejected(receive(JSON.stringify({ ...push({}), after: 'x' })), 400);
    assert.equal(reason, 'push payload not understood: after: is no commit id');
    for (const ref of ['main', 'refs/heads/a b', 'refs/heads/a\nb', 'refs/heads/*'])
      rejected(receive(JSON.stringify(push({ ref }))), 400);
  });

  test('never throws over payloads with parts changed or missing', () => {
    const pool = [...fixtures, mergeRequest({ fork: null })];
    fc.assert(
      fc.property(changedJson(pool), body => {
        const received = plain.receive(gitlabDelivery(body, { token }));
        if (received.result === 'rejected') assert.equal(received.status, 400);
      }),
      { numRuns: 300 },
    );
  });
});

test('the delivery’s id is the one that GitLab keeps when it sends again', () => {
  const idOf = (headers: Readonly<Record<string, string | undefined>>) =>
    accepted(plain.receive(gitlabDelivery(push({}), { token }, headers))).deliveryId;
  assert.equal(idOf({ 'idempotency-key': 'key' }), 'key');
  assert.equal(idOf({ 'idempotency-key': 'key', 'webhook-id': 'key' }), 'key');
  // Older GitLabs give none: then nothing is taken for a copy.
  assert.equal(idOf({ 'idempotency-key': undefined }), null);
});
