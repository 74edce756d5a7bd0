import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventId, type RunId, runId } from '../../domain/id.ts';
import type { PipelineFacts, PipelineTrigger, Workflow } from '../../domain/pipeline.ts';
import type { Run } from '../../domain/run.ts';
import type { NewAnnouncement, PipelineFilter } from '../pipeline-store.ts';
import type { Admission, Page, Store } from '../store.ts';
import { admitRun } from './acts.suite.ts';
import type { OpenStore } from './open-store.suite.ts';
import { now, sample, unique } from './samples.suite.ts';

const knot = 'knot.example:5555';
const repo = 'did:plc:repo';
const any: PipelineFilter = { repo, commits: null, kinds: null };
const push = (sha: string): PipelineTrigger => ({
  kind: 'push',
  ref: 'refs/heads/main',
  newSha: sha,
  oldSha: '0'.repeat(40),
});
const byHand = (sha: string): PipelineTrigger => ({ kind: 'manual', sha, ref: null, inputs: [] });

/** An admission of a pipeline with a run for each of its workflows. */
function pipeline(
  rkey: string,
  wishes: {
    trigger?: PipelineTrigger;
    workflows?: readonly string[];
    repoDid?: string | null;
    at?: string;
  } = {},
): Admission {
  const { trigger = push('a'.repeat(40)), workflows = ['ci.yml'], repoDid = repo, at = knot } = wishes;
  const admission = sample({ source: 'tangled', rule: 'tangled', runs: workflows.length });
  const facts: PipelineFacts = {
    knot: at,
    rkey,
    repo: { ownerDid: 'did:plc:owner', name: 'harbour', repoDid, defaultBranch: 'main' },
    trigger,
    sourceRepo: null,
    sourceUrl: null,
    isOurs: true,
    workflows: workflows.map(workflow),
    diagnostics: [],
  };
  return {
    ...admission,
    event: { ...admission.event, type: 'pipeline', pipeline: facts },
    runs: admission.runs.map((run, index) => ({
      ...run,
      plan: { ...run.plan, workflow: { knot: at, rkey, name: workflows[index] ?? '' } },
    })),
  };
}

const workflow = (name: string): Workflow => ({
  name,
  engine: '',
  raw: '',
  clone: { skip: false, depth: 1, submodules: false, tags: false },
  env: {},
  steps: [],
  provider: null,
  problem: null,
  notices: [],
});

const again = (run: Run): Run => ({ ...run, id: runId(unique()), rerunOf: run.id });

async function rkeys(store: Store, filter: PipelineFilter, limit = 100): Promise<string[]> {
  const read: string[] = [];
  for (let page: Page | null = { limit, after: null }; page !== null; ) {
    const { items, next, total } = await store.pipelines(filter, page);
    assert.ok(items.length <= limit && total >= items.length);
    read.push(...items.map(({ event }) => event.pipeline?.rkey ?? ''));
    page = next === null ? null : { limit, after: next };
  }
  return read;
}

const ids = (runs: readonly Run[] = []): RunId[] => runs.map(({ id }) => id).toSorted();

/** What a store knows of pipelines. */
export function pipelinesSuite(name: string, open: OpenStore): void {
  describe(`store ${name}: pipelines`, () => {
    test('the run of a workflow is the youngest that it has had', async () => {
      await using opened = await open();
      const { store } = opened;
      const admission = pipeline('3a', { workflows: ['ci.yml', 'deploy to/prod.yml'] });
      await store.admit(admission);
      const [ci, deploy] = admission.runs;
      assert.ok(ci && deploy);
      const found = async (workflow: string, rkey = '3a') =>
        (await store.workflowRun({ knot, rkey, name: workflow }))?.id;
      assert.equal(await found('ci.yml'), ci.id);
      assert.equal(await found('deploy to/prod.yml'), deploy.id);
      assert.equal(await found('ci.yaml'), undefined);
      assert.equal(await found('ci.yml', '3b'), undefined);
      assert.equal(await store.workflowRun({ knot: 'other.example', rkey: '3a', name: 'ci.yml' }), undefined);

      const rerun = again(ci);
      await store.addRun(rerun);
      assert.equal(await found('ci.yml'), rerun.id);
      assert.equal(await found('deploy to/prod.yml'), deploy.id);
      assert.deepEqual((await store.workflowRun({ knot, rkey: '3a', name: 'ci.yml' }))?.plan, ci.plan);
    });

    test('a run that is no workflow, and an event without a pipeline, are in no pipeline', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      assert.equal((await store.run(run.id))?.run.plan.workflow, null);
      assert.equal((await store.bareEvent(run.event))?.pipeline, null);
      assert.deepEqual(await store.pipelines(any, { limit: 10, after: null }), {
        items: [],
        next: null,
        total: 0,
      });
    });

    test('a pipeline is found by its name, with the youngest run of each workflow', async () => {
      await using opened = await open();
      const { store } = opened;
      const admission = pipeline('3a', { workflows: ['ci.yml', 'lint.yml'] });
      await store.admit(admission);
      const [ci, lint] = admission.runs;
      assert.ok(ci && lint);
      const rerun = again(lint);
      await store.addRun(rerun);
      const found = await store.pipeline({ knot, rkey: '3a' });
      assert.deepEqual(found?.event, admission.event);
      assert.deepEqual(ids(found?.runs), [ci.id, rerun.id]);
      assert.deepEqual(await store.pipeline({ knot: null, rkey: '3a' }), found);
      assert.equal(await store.pipeline({ knot: 'other.example', rkey: '3a' }), undefined);
      assert.equal(await store.pipeline({ knot: null, rkey: '3b' }), undefined);
    });

    test('without its knot, a name is that of the first who had it: no other knot takes its place', async () => {
      await using opened = await open();
      const { store } = opened;
      const first = pipeline('3a');
      await store.admit(first);
      for (const other of ['a.example', 'z.example']) await store.admit(pipeline('3a', { at: other }));
      assert.equal((await store.pipeline({ knot: null, rkey: '3a' }))?.event.id, first.event.id);
      const theirs = await store.pipeline({ knot: 'a.example', rkey: '3a' });
      assert.equal(theirs?.event.pipeline?.knot, 'a.example');
    });

    test('a repeated event leaves the pipeline where it was, and brings its runs', async () => {
      await using opened = await open();
      const { store } = opened;
      const first = pipeline('3a');
      const second = pipeline('3b');
      const replay = pipeline('3a');
      const event = { ...replay.event, id: eventId(unique()), replayOf: first.event.id };
      const repeated = { ...replay, event, runs: replay.runs.map(run => ({ ...run, event: event.id })) };
      for (const admission of [first, second, repeated]) await store.admit(admission);
      assert.deepEqual(await rkeys(store, any), ['3b', '3a']);
      const found = await store.pipeline({ knot, rkey: '3a' });
      assert.equal(found?.event.id, first.event.id);
      assert.deepEqual(ids(found?.runs), ids(repeated.runs));
    });

    test('pipelines come newest first, filtered, page by page, with how many there are', async () => {
      await using opened = await open();
      const { store } = opened;
      const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
      const all: Record<string, PipelineTrigger> = {
        31: push(a),
        32: push(b),
        33: byHand(a),
        34: push('c'.repeat(40)),
        35: byHand(b),
      };
      for (const [rkey, trigger] of Object.entries(all)) await store.admit(pipeline(rkey, { trigger }));
      await store.admit(pipeline('36', { repoDid: null }));
      for (const limit of [1, 2, 100]) {
        const list = (filter: Partial<PipelineFilter>) => rkeys(store, { ...any, ...filter }, limit);
        assert.deepEqual(await list({}), ['35', '34', '33', '32', '31']);
        assert.deepEqual(await list({ kinds: ['push'] }), ['34', '32', '31']);
        assert.deepEqual(await list({ kinds: ['pull_request'] }), []);
        assert.deepEqual(await list({ kinds: ['manual', 'pull_request'] }), ['35', '33']);
        assert.deepEqual(await list({ commits: [a, b] }), ['35', '33']);
        assert.deepEqual(await list({ commits: [a, b], kinds: ['push'] }), ['32', '31']);
        assert.deepEqual(await list({ commits: ['d'.repeat(40)] }), []);
        assert.deepEqual(await list({ commits: [] }), []);
        assert.deepEqual(await list({ kinds: [] }), []);
        assert.deepEqual(await list({ repo: 'did:plc:owner/harbour' }), ['36']);
        assert.deepEqual(await list({ repo: 'did:plc:other' }), []);
      }
      const page = await store.pipelines(any, { limit: 2, after: null });
      assert.equal(page.total, 5);
      assert.equal((await store.pipelines(any, { limit: 2, after: page.next })).total, 3);
      assert.ok(page.items.every(({ runs }) => runs.length === 1));
      await assert.rejects(store.pipelines(any, { limit: 2, after: 'x' }), { code: 'invalid' });
    });

    test('pipelines are forgotten with their events', async () => {
      await using opened = await open();
      const { store } = opened;
      await store.admit(pipeline('3a', { workflows: [] }));
      assert.equal(await store.forgetEvents(now + 1, 10), 1);
      assert.equal(await store.pipeline({ knot, rkey: '3a' }), undefined);
      assert.deepEqual(await rkeys(store, any), []);
    });
  });
}

const position = (at: number) => ({ source: 'announcing', position: at });
const record = (cause: string, others: Partial<NewAnnouncement> = {}): NewAnnouncement => ({
  cause,
  nsid: 'sh.tangled.pipeline.status',
  rkey: null,
  record: { workflow: cause, at: 1 },
  ...others,
});

/** How a store keeps what is announced. */
export function announcementsSuite(name: string, open: OpenStore): void {
  describe(`store ${name}: announcements`, () => {
    test('records come in their order, each at a place of its own that is no number of JavaScript', async () => {
      await using opened = await open();
      const { store } = opened;
      assert.deepEqual(await store.announcements(0n, 10), []);
      assert.equal(await store.announcementsEnd(), 0n);
      const before = BigInt(Date.now()) * 1_000_000n;
      const some = ['a', 'b', 'c'].map(cause => record(cause));
      assert.equal(await store.announce(some, position(1)), 3);
      assert.equal(await store.announce([record('d', { rkey: '3given' })], position(2)), 1);
      const all = await store.announcements(0n, 10);
      assert.deepEqual(
        all.map(each => JSON.parse(each.record)),
        ['a', 'b', 'c', 'd'].map(workflow => ({ workflow, at: 1 })),
      );
      const places = all.map(({ created }) => created);
      assert.ok(places.every((place, index) => place > (places[index - 1] ?? before - 1n)));
      assert.ok((places[0] ?? 0n) > 2n ** 53n);
      const names = all.slice(0, 3).map(({ rkey }) => rkey);
      assert.ok(names.every(rkey => /^[2-7a-j][2-7a-z]{12}$/.test(rkey)));
      assert.deepEqual([...new Set(names)].toSorted(), names);
      assert.equal(all[3]?.rkey, '3given');
      assert.equal(await store.announcementsEnd(), all[3]?.created);
      assert.deepEqual(await store.position('announcing'), 2);
    });

    test('a reader goes on behind any place, exactly', async () => {
      await using opened = await open();
      const { store } = opened;
      await store.announce(
        Array.from({ length: 20 }, (_, n) => record(String(n))),
        position(1),
      );
      const all = await store.announcements(0n, 100);
      for (const [index, { created }] of all.entries()) {
        assert.deepEqual(await store.announcements(created, 3), all.slice(index + 1, index + 4));
        assert.deepEqual(await store.announcements(created - 1n, 3), all.slice(index, index + 3));
      }
      assert.equal((await store.announcements(-5n, 100)).length, 20);
      assert.deepEqual(await store.announcements(2n ** 63n - 1n, 100), []);
      assert.deepEqual(await store.announcements(2n ** 80n, 100), []);
    });

    test('what a cause has brought is not brought again, also after a restart', async () => {
      await using opened = await open();
      assert.equal(await opened.store.announce([record('a')], position(1)), 1);
      const store = await opened.reopen();
      const [first] = await store.announcements(0n, 10);
      assert.equal(await store.announce([record('a', { record: {} }), record('b')], position(2)), 1);
      const all = await store.announcements(0n, 10);
      assert.deepEqual(all[0], first);
      assert.equal(all.length, 2);
      assert.deepEqual(await store.position('announcing'), 2);
    });

    test('old records are forgotten, never the last: places do not come again', async () => {
      await using opened = await open();
      const { store } = opened;
      await store.announce(
        Array.from({ length: 5 }, (_, n) => record(String(n))),
        position(1),
      );
      const all = await store.announcements(0n, 10);
      const tomorrow = Date.now() + 86_400_000;
      assert.equal(await store.forgetAnnouncements(now, 10), 0);
      assert.equal(await store.forgetAnnouncements(tomorrow, 2), 2);
      assert.deepEqual(await store.announcements(0n, 10), all.slice(2));
      assert.equal(await store.forgetAnnouncements(tomorrow, 10), 2);
      assert.equal(await store.forgetAnnouncements(tomorrow, 10), 0);
      await store.announce([record('next')], position(2));
      const [last, next] = await store.announcements(0n, 10);
      assert.deepEqual(last, all[4]);
      assert.ok(last && next && next.created > last.created);
    });
  });
}
