import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { until } from '../../../test/support/server.ts';
import type { AgentNews } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { runId } from '../../domain/id.ts';
import { openSpool } from './spool.ts';

const run = runId('0'.repeat(26));
const line = (sequence: number, text = `line ${sequence}\n`): AgentNews => ({
  kind: 'log',
  run,
  chunk: { attempt: 1, sequence, at: 1, stream: 'stdout', bytes: new TextEncoder().encode(text) },
});
const sequenceOf = (word: AgentNews) => (word.kind === 'log' ? word.chunk.sequence : 0);

const finished = (attempt: number): AgentNews => ({
  kind: 'news',
  run,
  news: { kind: 'finished', attempt, at: 1, ending: { outcome: 'success', exitCode: 0, reason: null } },
});

/** A control plane that can go away, and a spool before it. */
async function openWorld(
  mostBytes = 1_000_000,
  directory = mkdtempSync(join(tmpdir(), 'signalbox-spool-')),
  isBusy = false,
) {
  const heard: AgentNews[] = [];
  const over = new AbortController();
  const world = {
    isAway: false,
    /** It hears that an agent is alive, and has no time for more. */
    isBusy,
    refusal: undefined as SignalboxError | undefined,
  };
  const end = {
    news: async (_: string, word: AgentNews) => {
      if (world.isAway || (world.isBusy && word.kind !== 'alive'))
        throw new SignalboxError('unavailable', 'nobody answers');
      if (world.refusal !== undefined) throw world.refusal;
      heard.push(word);
    },
  };
  const troubles: unknown[] = [];
  const spool = await openSpool(end, {
    directory,
    agent: 'box',
    mostBytes,
    trouble: error => troubles.push(error),
    over: over.signal,
  });
  return Object.assign(world, {
    heard,
    troubles,
    spool,
    directory,
    /** As when the process ends: the directory stays. */
    close: async () => {
      over.abort();
      await spool[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      await this.close();
      rmSync(directory, { recursive: true, force: true });
    },
  });
}

describe('a spool', { timeout: 30_000 }, () => {
  test('is no detour while somebody answers', async () => {
    await using world = await openWorld();
    await world.spool.news('box', line(1));
    assert.equal(world.heard.length, 1);
    assert.equal(statSync(join(world.directory, 'news')).size, 0);
  });

  test('keeps what nobody hears, and tells it in its order, before what comes later', async () => {
    await using world = await openWorld();
    world.isAway = true;
    for (let n = 1; n <= 50; n++) await world.spool.news('box', line(n));
    world.isAway = false;
    for (let n = 51; n <= 60; n++) await world.spool.news('box', line(n));
    await world.spool.drained();
    assert.deepEqual(
      world.heard.map(sequenceOf),
      Array.from({ length: 60 }, (_, n) => n + 1),
    );
    assert.deepEqual(structuredClone(world.heard[6]), line(7));
    assert.ok(world.spool.isEmpty());
    assert.equal(statSync(join(world.directory, 'news')).size, 0);
  });

  const torn: Readonly<Record<string, Buffer>> = {
    'in its length': Buffer.from([0, 0]),
    'in its body': Buffer.from([0, 0, 1, 0, 65]),
    'to zeros': Buffer.alloc(10_000),
    'to nonsense': Buffer.from([0, 0, 0, 2, 65, 65]),
  };
  for (const [how, left] of Object.entries(torn))
    test(`survives its process, and a last message that was torn ${how}`, async () => {
      const first = await openWorld();
      first.isAway = true;
      for (let n = 1; n <= 3; n++) await first.spool.news('box', line(n));
      await first.close();
      appendFileSync(join(first.directory, 'news'), left);
      await using second = await openWorld(1_000_000, first.directory);
      await second.spool.news('box', line(4));
      await second.spool.drained();
      assert.deepEqual(second.heard.map(sequenceOf), [1, 2, 3, 4]);
    });

  test('when it is full, whoever speaks waits', async () => {
    await using world = await openWorld(1_000);
    world.isAway = true;
    await world.spool.news('box', line(1, 'x'.repeat(700)));
    let isDone = false;
    const second = world.spool.news('box', line(2, 'y'.repeat(700))).then(() => (isDone = true));
    await until(() => statSync(join(world.directory, 'news')).size > 700, 'the first to be written');
    assert.equal(isDone, false);
    world.isAway = false;
    await second;
    await world.spool.drained();
    assert.deepEqual(world.heard.map(sequenceOf), [1, 2]);
  });

  test('does not wait for ever with what is refused for good', async () => {
    await using world = await openWorld();
    world.isAway = true;
    await world.spool.news('box', line(1));
    world.refusal = new SignalboxError('forbidden', 'this run is another agent’s');
    world.isAway = false;
    await world.spool.drained();
    assert.deepEqual(world.troubles, [world.refusal]);
  });

  test('an end that waits behind a long log keeps its lease until it is told, also over a restart', async () => {
    const isKept = async ({ heard }: Awaited<ReturnType<typeof openWorld>>) => {
      const words = () => heard.flatMap(word => (word.kind === 'alive' ? word.runs : []));
      await until(() => words().length > 1, 'two words for it');
      assert.deepEqual(words()[1], { run, attempt: 3 });
    };
    const first = await openWorld();
    first.isAway = true;
    await first.spool.news('box', line(1));
    await first.spool.news('box', finished(3));
    first.isBusy = true;
    first.isAway = false;
    await isKept(first);
    await first.close();
    await using second = await openWorld(1_000_000, first.directory, true);
    await isKept(second);
    second.isBusy = false;
    await second.spool.drained();
    const kinds = second.heard.map(({ kind }) => kind).filter(kind => kind !== 'alive');
    assert.deepEqual(kinds, ['log', 'news']);
  });

  test('that an agent is alive is told now or never', async () => {
    await using world = await openWorld();
    world.isAway = true;
    await assert.rejects(world.spool.news('box', { kind: 'alive', runs: [] }), { code: 'unavailable' });
    assert.ok(world.spool.isEmpty());
  });
});
