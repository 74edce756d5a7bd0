import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blankEvent } from '../domain/event.ts';
import { eventId, runId } from '../domain/id.ts';
import type { Json } from '../domain/json.ts';
import type { BuildNow, BuildOrder, Provider } from './provider.ts';

/** A provider and the service that it talks to. */
export interface ProviderHarness extends AsyncDisposable {
  readonly provider: Provider;
  /** Settings that it understands. */
  readonly settings: Json;
  /** How many builds there are over there; null: nobody can tell. */
  readonly builds: (() => number) | null;
  /** Has the next build be made, and its answer get lost; null: answers do not get lost. */
  readonly loseNextAnswer: (() => void) | null;
  /** Plays the latest build to a good end, with a job that prints `one` and `two`, a line each, where it does not play by itself. */
  play(): Promise<void>;
  /** Sees that builds can be ended; null: nothing is to be seen. */
  readonly isEnded: (() => boolean) | null;
}

/** What every provider must do. */
export function providerSuite(name: string, create: () => Promise<ProviderHarness>): void {
  const never = new AbortController().signal;
  const quiet = () => undefined;

  describe(`provider contract: ${name}`, { timeout: 60_000 }, () => {
    test('a build is seen to its end, with its jobs and all that they print', async () => {
      await using world = await create();
      const { provider } = world;
      const build = await provider.start(order('a', world.settings), true, quiet, never);
      const [sights] = await Promise.all([collected(provider.observe(build, never)), world.play()]);
      const last = sights.at(-1);
      assert.equal(last?.ending?.outcome, 'success');
      assert.deepEqual(
        sights.slice(0, -1).filter(({ ending }) => ending !== null),
        [],
      );
      assert.ok(last.jobs.length > 0);
      for (const job of last.jobs) {
        assert.equal(job.state, 'over');
        const all = await provider.logs(build, job, nothing, 1_000_000, never);
        assert.ok(all.result !== 'unreadable');
        const { bytes } = all;
        for (const at of [0, 1, bytes.length - 1, bytes.length].filter(at => at >= 0 && at <= bytes.length)) {
          const known = { bytes: at, tail: bytes.slice(Math.max(0, at - 256), at) };
          const rest = await provider.logs(build, job, known, 1_000_000, never);
          assert.equal(rest.result, 'more');
          assert.deepEqual(Buffer.from(rest.bytes), Buffer.from(bytes.subarray(at)));
        }
        const some = await provider.logs(build, job, nothing, 2, never);
        assert.ok(some.result === 'more' && some.bytes.length <= 2);
      }
    });

    test('a run has one build, however often it is asked for', async t => {
      await using world = await create();
      const first = await world.provider.start(order('b', world.settings), true, quiet, never);
      const again = await world.provider.start(order('b', world.settings), false, quiet, never);
      assert.deepEqual(again, first);
      const other = await world.provider.start(order('c', world.settings), false, quiet, never);
      assert.notEqual(other.id, first.id);
      if (world.builds === null) return t.diagnostic('declared: its builds cannot be counted');
      assert.equal(world.builds(), 2);
    });

    test('a build whose answer got lost is found', async t => {
      await using world = await create();
      if (world.loseNextAnswer === null) return t.skip('declared: its answers do not get lost');
      world.loseNextAnswer();
      const said: string[] = [];
      await world.provider.start(order('d', world.settings), true, line => said.push(line), never);
      assert.equal(world.builds?.(), 1);
      assert.ok(said.length > 0);
    });

    test('what was started can be ended, also by who does not know the build', async t => {
      await using world = await create();
      const { provider } = world;
      const [mine, never] = [order('e', world.settings), new AbortController().signal];
      const build = await provider.start(mine, true, quiet, never);
      await provider.cancel(mine, null, never);
      if (world.isEnded !== null) assert.ok(world.isEnded());
      // Again, and where nothing was started, it does no harm.
      await provider.cancel(mine, build, never);
      await provider.cancel(order('f', world.settings), null, never);
      if (world.isEnded === null) t.diagnostic('declared: that a build has ended cannot be seen');
    });

    test('stops waiting when it is told to', async () => {
      await using world = await create();
      const build = await world.provider.start(order('g', world.settings), true, quiet, never);
      const stop = new AbortController();
      const sights = world.provider.observe(build, stop.signal)[Symbol.asyncIterator]();
      await sights.next();
      const next = sights.next();
      stop.abort(new Error('enough'));
      await assert.rejects(next, /enough/);
    });
  });

  const nothing = { bytes: 0, tail: new Uint8Array() };
}

function order(name: string, settings: Json): BuildOrder {
  const id = name.padEnd(26, '0');
  const event = { id: eventId(id), source: 'test', delivery: null, receivedAt: 0, replayOf: null };
  return {
    run: runId(id),
    rule: 'test',
    event: { ...blankEvent('push'), ...event, branch: 'main', ref: 'refs/heads/main' },
    sha: 'c'.repeat(40),
    env: { A: 'b' },
    settings,
    workflow: null,
  };
}

async function collected(sights: AsyncIterable<BuildNow>): Promise<readonly BuildNow[]> {
  const all: BuildNow[] = [];
  for await (const sight of sights) all.push(sight);
  return all;
}
