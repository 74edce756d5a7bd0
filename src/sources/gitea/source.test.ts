import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { changedJson } from '../../../test/support/changed-json.ts';
import {
  fixture,
  fixtures,
  giteaDelivery,
  pullRequest,
  push,
  signature,
} from '../../../test/support/gitea-payloads.ts';
import { sourceSuite } from '../../contracts/source.suite.ts';
import type { Received } from '../../contracts/source.ts';
import type { NewEvent } from '../../domain/event.ts';
import { createGiteaSource } from './source.ts';

const secret = 'what Gitea signs with';
const source = createGiteaSource({ secrets: [secret] });

sourceSuite('gitea', {
  kind: 'http',
  create: () => source,
  accepted: () => [
    giteaDelivery('push', fixture('push'), secret),
    giteaDelivery('push', push({ ref: 'refs/tags/v1.4.0', before: null }), secret),
    giteaDelivery('pull_request', pullRequest({}), secret),
  ],
  idle: () => giteaDelivery('issues', fixture('issues'), secret),
  unproven: () => giteaDelivery('push', push({}), 'a guess'),
  proven: body => {
    const event = Buffer.from(body).includes('"pull_request"') ? 'pull_request' : 'push';
    const proof = { 'x-gitea-signature': signature(body, secret) };
    return { ...giteaDelivery(event, '', secret, proof), body };
  },
  secrets: [secret],
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
  const body = JSON.stringify(push({}));
  const hex = signature(body, secret);
  const wrong = signature(body, 'wrong');
  const none = {
    'x-gitea-signature': undefined,
    'x-hub-signature-256': undefined,
  };
  const receive = (headers: Readonly<Record<string, string | undefined>>) =>
    source.receive(giteaDelivery('push', body, secret, headers));

  test('counts under each of its names', () => {
    for (const [by, headers] of Object.entries({
      'X-Gitea-Signature': {},
      'X-Forgejo-Signature': { ...none, 'x-forgejo-signature': hex },
      'X-Hub-Signature-256': { ...none, 'x-hub-signature-256': `sha256=${hex}` },
    }))
      assert.deepEqual(receive(headers).authentication, { result: 'verified', by, secret: '1 of 1' });
    accepted(receive({ 'x-gitea-signature': hex.toUpperCase() }));
  });

  test('A4: wrong under one name is not put right by another', () => {
    const reason = rejected(receive({ 'x-forgejo-signature': wrong }), 401);
    assert.match(reason, /^X-Forgejo-Signature …[0-9a-f]{4} was not made with the secret/);
    rejected(receive({ 'x-gitea-signature': wrong }), 401);
    rejected(receive({ 'x-gitea-signature': undefined, 'x-hub-signature-256': `sha256=${wrong}` }), 401);
  });

  test('A3: in another form is none', () => {
    for (const bad of [hex.slice(1), `${hex}0`, `${hex.slice(1)}g`, `sha256=${hex}`, `${hex}, ${hex}`])
      rejected(receive({ 'x-gitea-signature': bad }), 401);
    for (const bad of [hex, `sha1=${hex}`, `sha256= ${hex}`])
      rejected(receive({ 'x-gitea-signature': undefined, 'x-hub-signature-256': bad }), 401);
  });

  test('A4: missing, as from a webhook without a secret, is 401: SHA-1 and other names prove nothing', () => {
    assert.match(rejected(receive(none), 401), /X-Gitea-Signature is missing: set a secret/);
    const empty = { 'x-gitea-signature': '', 'x-hub-signature-256': '', 'x-forgejo-signature': '' };
    assert.match(rejected(receive(empty), 401), /is missing/);
  });

  test('A6: while a secret is replaced both are good, and which one matched is told', () => {
    const rotating = createGiteaSource({ secrets: ['new', 'old'] });
    const { authentication } = rotating.receive(giteaDelivery('push', body, 'old'));
    assert.deepEqual(authentication, { result: 'verified', by: 'X-Gitea-Signature', secret: '2 of 2' });
    assert.match(rejected(rotating.receive(giteaDelivery('push', body, 'third')), 401), /any of 2 secrets/);
  });

  test('a source that anyone could sign for is not made', () => {
    for (const secrets of [[], [''], ['good', '']])
      assert.throws(() => createGiteaSource({ secrets }), /sources\.gitea\.secret is empty/);
  });
});

describe('body', () => {
  const receive = (body: string, headers: Readonly<Record<string, string | undefined>> = {}) =>
    source.receive(giteaDelivery('push', body, secret, headers));

  test('only plain JSON is read; of a form Gitea signs something else than it sends', () => {
    const json = JSON.stringify(push({}));
    accepted(receive(json, { 'content-type': 'application/json; charset=utf-8' }));
    const form = new URLSearchParams({ payload: json }).toString();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-gitea-signature': signature(json, secret),
    };
    assert.match(rejected(receive(form, headers), 415), /choose application\/json/);
    rejected(receive(gzipSync(json).toString('latin1'), { 'content-encoding': 'gzip' }), 415);
    for (const body of ['', '{', 'null', '[]', '3', '{}', '{"ref":"refs/heads/main"}'])
      rejected(receive(body), 400);
    rejected(receive(json, { 'x-gitea-event': undefined }), 400);
    const reason = rejected(receive(JSON.stringify({ ...push({}), after: 'x' })), 400);
    assert.equal(reason, 'push payload not understood: after: is no commit id');
    for (const ref of ['main', 'refs/heads/a b', 'refs/heads/a\nb', 'refs/heads/*'])
      rejected(receive(JSON.stringify(push({ ref }))), 400);
  });

  test('never throws over payloads with parts changed or missing', () => {
    const pool = [...fixtures.map(({ payload }) => payload), pullRequest({ fork: null })];
    const events = [...new Set(fixtures.map(({ event }) => event))];
    fc.assert(
      fc.property(fc.constantFrom(...events), changedJson(pool), (event, body) => {
        const received = source.receive(giteaDelivery(event, body, secret));
        if (received.result === 'rejected') assert.equal(received.status, 400);
      }),
      { numRuns: 300 },
    );
  });
});

test('event and id of a delivery are read under Gitea’s names, else under Forgejo’s', () => {
  const only = {
    'x-gitea-event': undefined,
    'x-gitea-delivery': undefined,
    'x-forgejo-event': 'push',
    'x-forgejo-delivery': 'f1',
  };
  assert.equal(accepted(source.receive(giteaDelivery('push', push({}), secret, only))).deliveryId, 'f1');
  const id = { 'x-gitea-delivery': 'g1' };
  assert.equal(accepted(source.receive(giteaDelivery('push', push({}), secret, id))).deliveryId, 'g1');
  const none = { 'x-gitea-delivery': undefined };
  assert.equal(accepted(source.receive(giteaDelivery('push', push({}), secret, none))).deliveryId, null);
});
