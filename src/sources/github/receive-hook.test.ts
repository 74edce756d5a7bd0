import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  delivery,
  githubDelivery,
  push,
  recorded,
  signature,
} from '../../../test/support/github-payloads.ts';
import { sourceSuite } from '../../contracts/source.suite.ts';
import { createReceiveHookSource } from './receive-hook.ts';

const secret = "It's a Secret to Everybody";

sourceSuite('receive_hook of Lightspeed', {
  kind: 'http',
  create: () => createReceiveHookSource({ secrets: [secret], mostBodyBytes: null }),
  accepted: () => [
    githubDelivery('push', push({}), secret),
    githubDelivery('push', push({}), secret, { 'x-github-event': undefined }),
  ],
  idle: () => githubDelivery('ping', recorded('ping'), secret),
  unproven: () => githubDelivery('push', push({}), 'a guess'),
  proven: body =>
    delivery(body, {
      'content-type': 'application/json',
      'x-github-event': Buffer.from(body).includes('"pull_request"') ? 'pull_request' : 'push',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': signature(body, secret),
    }),
  secrets: [secret],
});

test('without a secret everybody is believed, and it is said that nothing was checked', () => {
  const source = createReceiveHookSource({ secrets: [], mostBodyBytes: null });
  const body = JSON.stringify(push({}));
  const received = source.receive(delivery(body, { 'content-type': 'application/json' }));
  assert.equal(received.result, 'accepted');
  assert.equal(received.authentication.result, 'not required');
});
