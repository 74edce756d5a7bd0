import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodConfig, printed } from '../../test/support/config.ts';

const key = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const env = { DISCORD: 'https://discord.test/api/webhooks/1/token', KEY: key };

test('who can be told beside forges, and when', () => {
  const { reports } = goodConfig(
    `version: 1
reports:
  discord: { url: "\${env:DISCORD}", mention: "<@&1>", when: [failure, fixed] }
  hook: { url: "https://example.org/runs", secret: ["\${env:KEY}"], allowPrivateHosts: true }`,
    { env },
  );
  assert.deepEqual(reports, {
    discord: { url: env.DISCORD, mention: '<@&1>', when: ['failure', 'fixed'] },
    hook: { url: 'https://example.org/runs', secrets: [key], allowsPrivateHosts: true },
  });
  const least = goodConfig('version: 1\nreports: { discord: { url: "${env:DISCORD}" } }', { env });
  assert.deepEqual(least.reports.discord, { url: env.DISCORD, mention: '', when: ['always'] });
});

test('what cannot be', () => {
  const told = (text: string) => printed(`version: 1\nreports: ${text}`, { env });
  assert.deepEqual(told('{ discord: { url: "https://discord.test/1" } }'), [
    'signalbox.yaml:2:28 reports.discord.url: a secret does not stand in this file: write "${env:NAME}" or "${file:PATH}", and put it there',
  ]);
  assert.match(
    told('{ hook: { url: "https://a:b@example.org", secret: "${env:KEY}" } }').join(),
    /a name or password/,
  );
  assert.match(
    told('{ hook: { url: "https://example.org", secret: "${env:DISCORD}" } }').join(),
    /is no secret of Standard Webhooks/,
  );
  assert.match(
    printed('version: 1\nrules: [{ name: a, on: push, run: x, report: hook }]').join(),
    /there is no webhook to call/,
  );
});
