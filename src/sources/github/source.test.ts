import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { changedJson } from '../../../test/support/changed-json.ts';
import {
  delivery,
  githubDelivery,
  pullRequest,
  push,
  recorded,
  recordedPayloads,
  signature,
} from '../../../test/support/github-payloads.ts';
import { sourceSuite } from '../../contracts/source.suite.ts';
import type { Received } from '../../contracts/source.ts';
import type { NewEvent } from '../../domain/event.ts';
import { createGithubSource } from './source.ts';

/** The secret of the example in GitHub's documentation. */
const secret = "It's a Secret to Everybody";
const source = createGithubSource({ secrets: [secret] });

sourceSuite('github', {
  kind: 'http',
  create: () => source,
  accepted: () => [
    githubDelivery('push', push({}), secret),
    githubDelivery('push', recorded('push'), secret),
    githubDelivery('pull_request', pullRequest({}), secret),
  ],
  idle: () => githubDelivery('ping', recorded('ping'), secret),
  unproven: () => githubDelivery('push', push({}), 'a guess'),
  proven: body => signed(body, { 'x-github-event': isPatch(body) ? 'pull_request' : 'push' }),
  secrets: [secret],
});

const isPatch = (body: Uint8Array): boolean => Buffer.from(body).includes('"pull_request"');

const signed = (body: string | Uint8Array, headers: Readonly<Record<string, string | undefined>> = {}) =>
  delivery(body, {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-hub-signature-256': signature(body, secret),
    ...headers,
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

describe('signature', () => {
  const good = githubDelivery('push', push({}), secret);
  const digest = signature(good.body, secret).slice('sha256='.length);
  const withSignature = (value: string | undefined, more: Record<string, string> = {}) =>
    source.receive(githubDelivery('push', push({}), secret, { 'x-hub-signature-256': value, ...more }));

  test('A2: a wrong signature is 401, and the operator hears what was compared', () => {
    const reason = rejected(withSignature(signature(good.body, 'wrong')), 401);
    assert.match(
      reason,
      /X-Hub-Signature-256 …[0-9a-f]{4} was not made with the secret: computed …[0-9a-f]{4}/,
    );
    assert.match(reason, new RegExp(`body of ${good.body.byteLength} bytes`));
    assert.ok(!reason.includes(digest));
  });

  test('the example of GitHub’s own documentation verifies', () => {
    const example = {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    rejected(source.receive(signed('Hello, World!', example)), 400); // authentic, though no JSON
  });

  for (const [what, value] of [
    ['missing', undefined],
    ['empty', ''],
    ['without digits', 'sha256='],
    ['of odd length', `sha256=${digest.slice(1)}`],
    ['too long', `sha256=${digest}00`],
    ['not hexadecimal', `sha256=${digest.slice(1)}g`],
    ['after a space', ` sha256=${digest}`],
    ['with a space inside', `sha256= ${digest}`],
    ['without its prefix', digest],
    ['of another algorithm', `sha512=${digest}`],
    ['upper case in its prefix', `SHA256=${digest}`],
    ['twice', `sha256=${digest}, sha256=${digest}`],
  ] as const)
    test(`A3: a signature that is ${what} is 401`, () => {
      rejected(withSignature(value), 401);
    });

  test('A3: the right value in upper case is accepted', () => {
    accepted(withSignature(`sha256=${digest.toUpperCase()}`));
  });

  test('A4: a SHA-1 signature proves nothing, alone or beside a wrong SHA-256', () => {
    const sha1 = `sha1=${createHmac('sha1', secret).update(good.body).digest('hex')}`;
    assert.match(rejected(withSignature(undefined, { 'x-hub-signature': sha1 }), 401), /SHA-1/);
    rejected(withSignature(signature(good.body, 'wrong'), { 'x-hub-signature': sha1 }), 401);
    rejected(withSignature(sha1), 401);
  });

  test('A6: while a secret is replaced both are good, and which one matched is told', () => {
    const rotating = createGithubSource({ secrets: ['new', 'old'] });
    const authentication = (by: string) =>
      rotating.receive(githubDelivery('push', push({}), by)).authentication;
    assert.deepEqual(authentication('new'), {
      result: 'verified',
      by: 'X-Hub-Signature-256',
      secret: '1 of 2',
    });
    assert.deepEqual(authentication('old'), {
      result: 'verified',
      by: 'X-Hub-Signature-256',
      secret: '2 of 2',
    });
    const reason = rejected(rotating.receive(githubDelivery('push', push({}), 'third')), 401);
    assert.match(reason, /any of 2 secrets/);
    const replaced = createGithubSource({ secrets: ['new'] });
    rejected(replaced.receive(githubDelivery('push', push({}), 'old')), 401);
  });

  test('a source that anyone could sign for is not made', () => {
    for (const secrets of [[], [''], ['good', '']])
      assert.throws(() => createGithubSource({ secrets }), /sources\.github\.secret is empty/);
  });

  test('the bytes are verified before anything is read', () => {
    const flipped = Buffer.from(good.body);
    flipped[flipped.length - 1]! ^= 1;
    rejected(source.receive({ ...good, body: flipped }), 401);
    rejected(source.receive({ ...good, body: Buffer.from('not JSON at all') }), 401);
  });
});

describe('body', () => {
  test('A15: a form is verified as it came, then its payload is read', () => {
    const body = new URLSearchParams({ payload: JSON.stringify(push({ name: 'acme/app' })) }).toString();
    const event = accepted(
      source.receive(signed(body, { 'content-type': 'application/x-www-form-urlencoded' })),
    );
    assert.equal(event.repo?.name, 'acme/app');
    rejected(source.receive(signed('a=b', { 'content-type': 'application/x-www-form-urlencoded' })), 400);
  });

  test('media types: JSON with parameters is read, others are 415', () => {
    const body = JSON.stringify(push({}));
    accepted(source.receive(signed(body, { 'content-type': 'Application/JSON; charset=utf-8' })));
    for (const type of [undefined, '', 'text/plain', 'application/xml', 'application/json-seq'])
      assert.match(
        rejected(source.receive(signed(body, { 'content-type': type })), 415),
        /application\/json/,
      );
  });

  test('A16: a compressed body is 415 and never unpacked', () => {
    const bomb = gzipSync(Buffer.alloc(1024 * 1024));
    for (const encoding of ['gzip', 'br', 'deflate', 'gzip, identity'])
      rejected(source.receive(signed(bomb, { 'content-encoding': encoding })), 415);
    accepted(source.receive(signed(JSON.stringify(push({})), { 'content-encoding': 'identity' })));
  });

  test('what is no JSON, or no payload, is 400', () => {
    for (const body of ['', '{', 'null', '[]', '3', '"push"', '{}', '{"ref":"refs/heads/main"}'])
      rejected(source.receive(signed(body)), 400);
    rejected(source.receive(signed(JSON.stringify(push({})).replace('{', '{"size":1e400,'))), 400);
    rejected(source.receive(signed(JSON.stringify(push({})), { 'x-github-event': undefined })), 400);
    const reason = rejected(source.receive(signed(JSON.stringify({ ...push({}), after: 'x' }))), 400);
    assert.equal(reason, 'push payload not understood: after: is no commit id');
  });

  test('refs that no git would have are refused', () => {
    for (const ref of ['main', 'refs/heads/a b', 'refs/heads/a\0b', 'refs/heads/a\nb', 'refs/heads/*'])
      rejected(source.receive(githubDelivery('push', push({ ref }), secret)), 400);
  });
});

describe('events', () => {
  test('the delivery’s id is the sender’s; without one it is null', () => {
    assert.equal(
      accepted(source.receive(signed(JSON.stringify(push({}))))).deliveryId,
      '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    );
    const without = githubDelivery('push', push({}), secret, { 'x-github-delivery': undefined });
    assert.equal(accepted(source.receive(without)).deliveryId, null);
  });

  test('A20: every recorded payload is accepted, and what asks for nothing says so', () => {
    for (const { event: name, payload } of recordedPayloads) {
      const event = accepted(source.receive(githubDelivery(name, payload, secret)));
      if (event.type !== 'other') {
        assert.ok(name === 'push' || name === 'pull_request', name);
        continue;
      }
      assert.ok(event.action?.startsWith(name), `${name} became ${event.action}`);
      assert.ok(event.note, `${name} has no note`);
    }
    const ping = accepted(source.receive(githubDelivery('ping', recorded('ping'), secret)));
    assert.equal(ping.action, 'ping');
    assert.equal(ping.repo?.name, 'Octocoders/Hello-World');
    const star = recorded<{ action: string }>('star', ({ action }) => action === 'created');
    assert.equal(accepted(source.receive(githubDelivery('star', star, secret))).action, 'star.created');
    assert.equal(
      accepted(source.receive(githubDelivery('never_heard_of', {}, secret))).action,
      'never_heard_of',
    );
  });

  test('never throws over payloads with parts changed or missing', () => {
    const pool = [...recordedPayloads, { event: 'pull_request', payload: pullRequest({ fork: null }) }];
    const names = [...new Set(pool.map(({ event }) => event))];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        changedJson(pool.map(({ payload }) => payload)),
        (event, body) => {
          const received = source.receive(githubDelivery(event, body, secret));
          if (received.result === 'rejected') assert.equal(received.status, 400);
        },
      ),
      { numRuns: 300 },
    );
  });
});
