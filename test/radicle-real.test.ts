import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EventDetail } from '../src/cli/wire/event.ts';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { missingPrograms, type RealNode, startRealNode } from './support/radicle/real-node.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** The programs that operators have, where they are installed. Without them everything here is skipped, and says so. */

const options = { timeout: 180_000 };
const radicle = ['rad', 'radicle-node', 'git-remote-rad'] as const;

type Page<Item> = { readonly items: readonly Item[] };

/** A server that watches the node, and has looked at what there is. */
async function watch(node: RealNode, rules: string): Promise<TestServer> {
  const server = await startServer(
    `version: 1
data: ./data
sources: { radicle: { home: ${node.home}, reconcile: 2s } }
${rules}`,
    node.env,
  );
  await until(async () => {
    const { sources } = await server.api<{
      readonly sources: readonly { catchUp: { lastAt: string | null } | null }[];
    }>('/api/health');
    return sources.some(({ catchUp }) => catchUp !== null && catchUp.lastAt !== null);
  }, 'the first look');
  return server;
}

async function ended(server: TestServer, sha: string): Promise<RunDetailJson> {
  let found: RunDetailJson | undefined;
  await until(async () => {
    const { items } = await server.api<Page<RunDetailJson>>('/api/runs?state=finished');
    found = items.find(run => run.sha === sha);
    return found !== undefined;
  }, `a run of ${sha}`);
  return found ?? assert.fail();
}

test('a real node: pushes and patches are events, and a comment tells how a patch stands', {
  ...options,
  skip: missingPrograms(...radicle),
}, async () => {
  await using node = await startRealNode();
  await using server = await watch(
    node,
    'rules: [{ name: unit-tests, on: [push, patch], run: cat README, report: radicle }]',
  );
  const pushed = await node.commit('README', 'second\n');
  await node.run('git', 'push', 'rad', 'main');
  assert.equal((await ended(server, pushed)).outcome, 'success');

  await node.run('git', 'checkout', '--quiet', '-b', 'lamps');
  const proposed = await node.commit('README', 'lamps\n');
  await node.run('git', 'push', '-o', 'patch.message=More lamps', 'rad', 'HEAD:refs/patches');
  const run = await ended(server, proposed);
  assert.equal(run.outcome, 'success');
  const event = await server.api<EventDetail>(`/api/events/${run.event}`);
  assert.deepEqual([event.type, event.action, event.patch?.title], ['patch', 'created', 'More lamps']);
  assert.deepEqual([event.radicle?.name, event.radicle?.standing], ['demo', 'delegate']);

  const patch = event.patch?.number ?? '';
  const shown = () =>
    node.run('rad', 'cob', 'show', '--repo', node.rid, '--type', 'xyz.radicle.patch', '--object', patch);
  await until(async () => /unit-tests.*succeeded/.test(await shown()), 'the comment');
});

test('a real radicle-native-ci: green, red, and without its recipe', {
  ...options,
  skip: missingPrograms(...radicle, 'radicle-native-ci'),
}, async () => {
  await using node = await startRealNode();
  const state = join(node.home, '..', 'ci');
  mkdirSync(state);
  await using server = await watch(
    node,
    `adapters:
  native:
    command: radicle-native-ci
    config: { state: ${state}, log: ${join(state, 'native-ci.log')}, base_url: "https://ci.example.org" }
    configEnv: RADICLE_NATIVE_CI
rules: [{ name: ci, on: push, adapter: native }]`,
  );
  const push = async (shell: string | null): Promise<RunDetailJson> => {
    const sha = await node.commit(
      shell === null ? 'README' : '.radicle/native.yaml',
      shell === null ? 'again\n' : `shell: |\n  ${shell}\n`,
    );
    await node.run('git', 'push', 'rad', 'main');
    return ended(server, sha);
  };
  const bare = await push(null);
  assert.notEqual(bare.outcome, 'success');
  const green = await push('true');
  assert.equal(green.outcome, 'success');
  assert.match(green.adapter?.infoUrl ?? '', /^https:\/\/ci\.example\.org\/.+\/log\.html$/);
  const red = await push('false');
  assert.deepEqual([red.outcome, red.exitCode], ['failure', 1]);
});
