import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { readAlready } from '../../../../test/support/hooks/made.ts';
import { judgeScalr } from './scalr.ts';

const receivedAt = Date.UTC(2017, 8, 8, 11, 24, 32);
const body = Buffer.from('payload');

function outcome(date: string | null, secret = 'k', signature?: string): string {
  const computed = createHmac('sha1', 'k')
    .update(body)
    .update(date ?? '')
    .digest('hex');
  const headers = new Map([
    ...(signature === 'none' ? [] : [['X-Signature', signature ?? computed] as const]),
    ...(date === null ? [] : [['Date', date] as const]),
  ]);
  const { holds, failure } = judgeScalr([secret], readAlready({ headers, body, signed: body, receivedAt }));
  return failure?.kind ?? (holds ? 'yes' : 'no');
}

describe('the signature of Scalr', () => {
  const cases: readonly (readonly [
    what: string,
    outcome: string,
    date: string | null,
    secret?: string,
    signature?: string,
  ])[] = [
    ['now', 'yes', 'Fri 08 Sep 2017 11:24:32 UTC'],
    ['five minutes ago', 'yes', 'Fri 08 Sep 2017 11:19:32 UTC'],
    ['longer ago', 'signature', 'Fri 08 Sep 2017 11:19:31 UTC'],
    ['too early', 'signature', 'Fri 08 Sep 2017 11:29:33 UTC'],
    ['a zone that nobody knows is none', 'yes', 'Fri 08 Sep 2017 11:24:32 EST'],
    ['a zone by its hours', 'yes', 'Fri 08 Sep 2017 13:24:32 GMT+2'],
    ['any weekday', 'yes', 'mon 08 SEP 2017 11:24:32 UTC'],
    ['commas', 'other', 'Fri, 08 Sep 2017 11:24:32 GMT'],
    ['a day that is none', 'other', 'Fri 31 Sep 2017 11:24:32 UTC'],
    ['an hour that is none', 'other', 'Fri 08 Sep 2017 24:24:32 UTC'],
    ['a month that is none', 'other', 'Fri 08 Foo 2017 11:24:32 UTC'],
    ['no date', 'no', null],
    ['no signature', 'no', 'Fri 08 Sep 2017 11:24:32 UTC', 'k', 'none'],
    ['no secret', 'other', 'Fri 08 Sep 2017 11:24:32 UTC', ''],
    ['another secret', 'signature', 'Fri 08 Sep 2017 11:24:32 UTC', 'l'],
  ];
  for (const [what, wanted, ...given] of cases)
    test(`${what}: ${wanted}`, () => assert.equal(outcome(...given), wanted));
});
