import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodConfig } from '../../test/support/config.ts';
import { createSystemClock } from '../clock/system.ts';
import type { Config } from '../config/config.ts';
import { SignalboxError } from '../domain/errors.ts';
import { inForce } from './in-force.ts';

const clock = createSystemClock();
const env = { S: 'a-webhook-secret' };
const first = goodConfig(`version: 1
rules: [{ name: old, on: push, run: make }]
limits: { runs: 2 }`);
const second = goodConfig(
  `version: 1
public: { port: 9090, url: "https://ci.example.org" }
admin: { url: "https://ci-admin.example.org" }
data: ./elsewhere
sources: { github: { secret: "\${env:S}" }, schedule: { timezone: Europe/Berlin } }
rules: [{ name: new, on: push, run: make, secrets: [NEW] }]
secrets: { NEW: "\${env:S}" }
limits: { runs: 3, queue: 10 }
git: { allowFile: true }`,
  { env },
);

const nothing = {
  eventOf: async () => undefined,
  previousOutcome: async () => null,
  tailOf: async () => [],
};
const forgetful = { recall: async () => null, keep: async () => {} };

test('a reload replaces rules, secrets and forges; for the rest it names what needs a restart', async () => {
  const present = inForce(first, {
    path: '',
    references: null,
    ...nothing,
    hearBuildkite: () => {},
    memoryOf: () => forgetful,
    keyAgent: null,
    clock,
    readConfig: async () => second,
  });
  assert.deepEqual(present.state().needsRestart, []);
  const later = await present.reload();
  assert.deepEqual(later, [
    'admin.url',
    'data',
    'git.allowFile',
    'limits.queue',
    'limits.runs',
    'public.port',
    'public.url',
    'sources.schedule.timezone',
  ]);
  assert.deepEqual(present.state().needsRestart, later);
  assert.deepEqual(
    [present.rules()[0]?.name, present.sources().map(({ name }) => name)],
    ['new', ['github', 'buildkite']],
  );
  assert.deepEqual(present.secrets(), { NEW: env.S });
  // What is shown is what is in force.
  const { limits, git, dataDir, admin } = present.config();
  assert.deepEqual([limits, git, dataDir, admin], [first.limits, first.git, first.dataDir, first.admin]);
});

test('what is changed back needs no restart any more; a broken file changes nothing of it', async () => {
  const answers: (() => Config)[] = [
    () => second,
    () => {
      throw new SignalboxError('invalid', 'signalbox.yaml:1:1: broken');
    },
    () => first,
  ];
  const present = inForce(first, {
    path: '',
    references: null,
    ...nothing,
    hearBuildkite: () => {},
    memoryOf: () => forgetful,
    keyAgent: null,
    clock,
    readConfig: async () => (answers.shift() ?? (() => first))(),
  });
  const pending = await present.reload();
  await assert.rejects(present.reload(), { code: 'invalid' });
  assert.deepEqual(
    [present.state().error, present.state().needsRestart],
    ['signalbox.yaml:1:1: broken', pending],
  );
  assert.equal(present.rules()[0]?.name, 'new');
  await present.reload();
  assert.deepEqual([present.state().error, present.state().needsRestart], [null, []]);
});

test('reloads that overlap come one after the other: the last one asked for is in force', async () => {
  const readings = [Promise.withResolvers<Config>(), Promise.withResolvers<Config>()];
  let begun = 0;
  const present = inForce(first, {
    path: '',
    references: null,
    ...nothing,
    hearBuildkite: () => {},
    memoryOf: () => forgetful,
    keyAgent: null,
    clock,
    readConfig: () => readings[begun++]?.promise ?? Promise.reject(new Error('read too often')),
  });
  const reloads = [present.reload(), present.reload()];
  readings[1]?.resolve(second);
  await new Promise(setImmediate);
  assert.equal(begun, 1);
  readings[0]?.resolve(first);
  await Promise.all(reloads);
  assert.equal(present.rules()[0]?.name, 'new');
});
