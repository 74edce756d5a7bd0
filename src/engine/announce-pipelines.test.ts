import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openEngine, type TestEngine } from '../../test/support/engine.ts';
import { type SimulatedTime, simulateTime } from '../../test/support/simulated-time.ts';
import { admitPipeline, knot, pipelineFacts, workflow } from '../../test/support/tangled/pipeline.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { RunId } from '../domain/id.ts';
import type { Ending, News } from '../domain/run.ts';
import { type AnnounceNeeds, announcePipelines } from './announce-pipelines.ts';

const start = Date.parse('2026-08-01T10:00:00.500Z');

interface Scene extends AsyncDisposable {
  readonly engine: TestEngine;
  readonly time: SimulatedTime;
  /** Starts to announce; ends it when it is called. */
  announce(change?: (needs: AnnounceNeeds) => Partial<AnnounceNeeds>): () => Promise<void>;
  readonly news: (run: RunId, news: News) => Promise<void>;
  /** What was announced, without what is the same in all. */
  said(): Promise<string[]>;
}

async function open(): Promise<Scene> {
  const time = simulateTime(start);
  const engine = await openEngine({ clock: time.clock });
  const { needs } = engine;
  const running = new Set<() => Promise<void>>();
  return {
    engine,
    time,
    announce(change = () => ({})) {
      const over = new AbortController();
      const announcing = announcePipelines({ ...needs, ...change(needs) }, 'tangled', over.signal);
      const end = async () => {
        over.abort();
        await announcing;
        running.delete(end);
      };
      running.add(end);
      return end;
    },
    news: async (run, news) => {
      assert.equal((await needs.store.amend(run, news)).result, 'amended');
      needs.control.hint('feed');
    },
    said: async () =>
      (await needs.store.announcements(0n, 1_000)).map(({ nsid, record }) => {
        const { workflow = '', status = '', createdAt = '', error, exitCode } = JSON.parse(record);
        const end = [error, exitCode].filter(each => each !== undefined);
        return [nsid.split('.').at(-1), workflow, status, createdAt.slice(17), ...end].join(' ').trim();
      }),
    async [Symbol.asyncDispose]() {
      for (const end of running) await end();
      await engine[Symbol.asyncDispose]();
    },
  };
}

const claimed: News = { kind: 'claimed', agent: 'a', claim: 'c', at: start, leaseUntil: start + 1e9 };
const finished = (ending: Partial<Ending>, attempt = 1): News => ({
  kind: 'finished',
  attempt,
  at: start,
  ending: { outcome: 'success', exitCode: null, reason: null, ...ending },
});

describe('announcements', { timeout: 60_000 }, () => {
  test('a pipeline at once, its statuses after a while, a second apart, in order', async () => {
    await using scene = await open();
    const { engine, time, news } = scene;
    scene.announce();
    const facts = pipelineFacts('3m', { workflows: [workflow('ci.yml'), workflow('lint.yml')] });
    const { runs } = await admitPipeline(engine.needs.store, time.clock, facts);
    engine.needs.control.hint('feed');
    const [ci, lint] = runs;
    assert.ok(ci && lint);
    for (const run of [ci, lint]) await news(run, claimed);
    await news(lint, finished({ outcome: 'failure', exitCode: 3, reason: 'exit code 3' }));
    await time.pass(200, 1);
    assert.deepEqual(await scene.said(), ['pipeline']);
    await time.pass(10_000, 1);
    await news(ci, finished({}));
    // Twice: the hint has woken it, so that it did not sleep through the first one.
    for (let n = 0; n < 2; n++) await time.pass(2_000, 1);
    const said = await scene.said();
    assert.deepEqual(
      said.filter(each => each.includes('lint')).map(each => each.replace(/ \d\dZ/, '')),
      ['status lint.yml pending', 'status lint.yml running', 'status lint.yml failed exit code 3 3'],
    );
    assert.deepEqual(
      said.filter(each => each.includes('ci')).map(each => each.replace(/ \d\dZ/, '')),
      ['status ci.yml pending', 'status ci.yml running', 'status ci.yml success'],
    );
    const seconds = said
      .filter(each => each.includes('lint'))
      .map(each => Number(/ (\d\d)Z/.exec(each)?.[1]));
    assert.ok((seconds[0] ?? 0) >= 2);
    assert.equal(new Set(seconds).size, 3);
    const [pipeline] = await engine.needs.store.announcements(0n, 1);
    assert.equal(pipeline?.rkey, '3m');
    assert.deepEqual(JSON.parse(pipeline.record).triggerMetadata.repo, {
      knot,
      did: 'did:plc:owner',
      repo: 'harbour',
      repoDid: 'did:plc:repo',
      defaultBranch: 'main',
    });
  });

  test('how runs end, in the words of Tangled', async () => {
    await using scene = await open();
    const { engine, time, news } = scene;
    scene.announce();
    const endings: Record<string, Partial<Ending>> = {
      success: { exitCode: 0 },
      'failed 2': { outcome: 'failure', exitCode: 2 },
      'failed no engine -1': { outcome: 'error', reason: 'no engine' },
      'timeout it took too long -1': { outcome: 'timeout', reason: 'it took too long' },
      'cancelled -1': { outcome: 'cancelled' },
    };
    const names = Object.keys(endings);
    const facts = pipelineFacts('3m', { workflows: names.map(workflow), isOurs: false });
    const { runs } = await admitPipeline(engine.needs.store, time.clock, facts);
    for (const [index, run] of runs.entries()) {
      await news(run, claimed);
      await news(run, finished(Object.values(endings)[index] ?? {}));
    }
    await time.pass(10_000, 1);
    const ends = (await scene.said()).slice(-names.length).map(each => each.replace(/ \d\dZ/, ''));
    assert.deepEqual(ends.toSorted(), names.map(name => `status ${name} ${name}`).toSorted());
    // It is the knot that has announced the pipeline.
    assert.ok((await scene.said()).every(each => each.startsWith('status')));
  });

  test('what is lost is failed, what something else takes the place of is cancelled, and a new attempt waits again', async () => {
    await using scene = await open();
    const { engine, time, news } = scene;
    scene.announce();
    const workflows = ['retried', 'lost', 'superseded'].map(workflow);
    const { store } = engine.needs;
    const { runs } = await admitPipeline(
      store,
      time.clock,
      pipelineFacts('3m', { workflows, isOurs: false }),
    );
    const [retried, lost, superseded] = runs;
    assert.ok(retried && lost && superseded);
    await news(superseded, { kind: 'superseded', reason: 'something newer', at: start });
    await news(lost, claimed);
    await news(lost, { kind: 'agent-gone', agent: 'a', at: start, reason: 'it was killed' });
    await time.pass(10_000, 1);
    const of = async (name: string) => (await scene.said()).filter(each => each.includes(` ${name} `));
    assert.match((await of('lost')).at(-1) ?? '', /failed .*attempt 1 was lost: it was killed -1$/);
    assert.match((await of('superseded')).at(-1) ?? '', /cancelled .*something newer -1$/);
    assert.match((await of('retried')).at(-1) ?? '', /pending/);
  });

  test('what is no workflow, and what an older run of a workflow still does, is not announced', async () => {
    await using scene = await open();
    const { engine, time, news } = scene;
    scene.announce();
    await engine.start();
    const { store } = engine.needs;
    const facts = pipelineFacts('3m', { isOurs: false });
    const older = (await admitPipeline(store, time.clock, facts)).runs[0] ?? assert.fail();
    await news(older, claimed);
    await time.pass(10_000, 1);
    const younger = (await admitPipeline(store, time.clock, facts)).runs[0] ?? assert.fail();
    await news(older, finished({ outcome: 'failure' }));
    await news(younger, claimed);
    await news(younger, finished({}));
    await time.pass(10_000, 1);
    assert.deepEqual(
      (await scene.said()).map(each => each.split(' ')[2]),
      ['pending', 'running', 'pending', 'running', 'success'],
    );
  });

  test('a restart at any moment loses nothing and repeats nothing', async () => {
    await using scene = await open();
    const { engine, time, news } = scene;
    const { store } = engine.needs;
    const workflows = ['a', 'b', 'c'].map(workflow);
    let end = scene.announce();
    const { runs } = await admitPipeline(store, time.clock, pipelineFacts('3m', { workflows }));
    for (const [index, run] of runs.entries()) {
      await news(run, claimed);
      await time.pass(700 + index * 900, 1);
      await end();
      await news(run, finished({}));
      end = scene.announce();
      await time.pass(1_100, 1);
      await end();
      end = scene.announce();
    }
    await time.pass(20_000, 1);
    const said = await scene.said();
    assert.equal(said.filter(each => each === 'pipeline').length, 1);
    for (const name of ['a', 'b', 'c']) {
      const its = said.filter(each => each.includes(` ${name} `));
      assert.deepEqual(
        its.map(each => each.split(' ')[2]),
        ['pending', 'running', 'success'],
      );
      assert.equal(new Set(its.map(each => each.split(' ')[3])).size, 3, 'each in a second of its own');
    }
    assert.equal(await store.position('announcements'), await store.feedEnd());
  });

  test('a store that fails in between is asked again', async () => {
    await using scene = await open();
    const { engine, time } = scene;
    const { store } = engine.needs;
    let failures = 3;
    scene.announce(() => ({
      store: {
        ...store,
        announce: async (...given) => {
          if (failures-- > 0) throw new SignalboxError('unavailable', 'the disk is full');
          return store.announce(...given);
        },
      },
    }));
    await admitPipeline(store, time.clock, pipelineFacts('3m'));
    engine.needs.control.hint('feed');
    await time.pass(20_000, 1);
    assert.deepEqual(
      (await scene.said()).map(each => each.replace(/ \d\dZ/, '')),
      ['pipeline', 'status ci.yml pending'],
    );
    assert.equal(engine.notes.filter(({ kind }) => kind === 'trouble').length, 3);
  });
});
