import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { commandRule } from '../../test/support/doors/open-house.ts';
import { openEngine, type TestEngine } from '../../test/support/engine.ts';
import { acmeApp } from '../../test/support/events.ts';
import { until } from '../../test/support/server.ts';
import type { Reported, Reporter } from '../contracts/reporter.ts';
import type { RunId } from '../domain/id.ts';
import type { Report } from '../domain/report.ts';
import type { News } from '../domain/run.ts';
import { report, reportsAreOut } from './report.ts';

const at = 1_700_000_000_000;
const never = new AbortController().signal;
const onCommit = (n: number) => ({
  repo: acmeApp,
  ref: 'refs/heads/main',
  after: String(n).padStart(40, '0'),
});
const claimed: News = { kind: 'claimed', agent: 'box', claim: 'c', at, leaseUntil: at };
const succeeded: News = {
  kind: 'finished',
  attempt: 1,
  at,
  ending: { outcome: 'success', exitCode: 0, reason: null },
};
const word = ({ status }: Report) => (status.state === 'finished' ? status.outcome : status.state);

/** A reporter that tells what it is told when a test lets it, at once when it is not held. */
function listener(name: string) {
  const told: Report[] = [];
  const begun: Report[] = [];
  const gates: PromiseWithResolvers<Reported>[] = [];
  let isHeld = false;
  const reporter: Reporter = {
    name,
    async report(report) {
      begun.push(report);
      const gate = Promise.withResolvers<Reported>();
      if (isHeld) gates.push(gate);
      else gate.resolve({ result: 'sent' });
      const result = await gate.promise;
      told.push(report);
      return result;
    },
  };
  return {
    reporter,
    told,
    begun,
    hold: () => void (isHeld = true),
    letGo: () => {
      isHeld = false;
      for (const gate of gates.splice(0)) gate.resolve({ result: 'sent' });
    },
  };
}

/** Lets the engine tell its reports until it is disposed. */
function tellReports(engine: TestEngine, reporters: readonly Reporter[]): AsyncDisposable {
  const over = new AbortController();
  const reporting = report(
    { ...engine.needs, reporters: () => reporters },
    { drain: over.signal, abandon: never },
  );
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await reporting;
    },
  };
}

async function amend({ needs }: TestEngine, run: RunId, news: News): Promise<void> {
  await needs.store.amend(run, news);
  needs.control.hint('report');
}

describe('reports', { timeout: 60_000 }, () => {
  test('one that takes long does not hold up others', async () => {
    await using engine = await openEngine();
    const [slow, quick] = [listener('slow'), listener('quick')];
    slow.hold();
    engine.rules = [commandRule('unit', { report: ['slow', 'quick'] })];
    await using _telling = tellReports(engine, [slow.reporter, quick.reporter]);
    const run = await engine.start(onCommit(1));
    await until(() => slow.begun.length === 1 && quick.told.length === 1, 'both to be begun');
    await amend(engine, run, claimed);
    await until(() => quick.told.some(report => word(report) === 'running'), 'the quick one to go on');
    await amend(engine, run, succeeded);
    await until(() => quick.told.some(report => word(report) === 'success'), 'the quick one to end');
    assert.deepEqual(slow.told, []);
    slow.letGo();
    await until(() => slow.told.length === 2, 'the slow one to catch up');
    assert.deepEqual(slow.told.map(word), ['queued', 'success']);
  });

  test('no more than 16 are told at the same time', async () => {
    await using engine = await openEngine();
    const slow = listener('slow');
    slow.hold();
    engine.rules = [commandRule('unit', { report: ['slow'] })];
    await using _telling = tellReports(engine, [slow.reporter]);
    for (let n = 0; n < 40; n++) await engine.start(onCommit(n));
    await until(() => slow.begun.length >= 16, '16 to be begun');
    await engine.needs.store.feedEnd(); // a turn for whoever would take more
    assert.equal(slow.begun.length, 16);
    slow.letGo();
    await until(() => slow.told.length === 40, 'all to be told');
  });

  test('at the end the state that came while an older one was being told is told, too', async () => {
    await using engine = await openEngine();
    const forge = listener('forge');
    forge.hold();
    engine.rules = [commandRule('unit', { report: ['forge'] })];
    await using _telling = tellReports(engine, [forge.reporter]);
    const run = await engine.start(onCommit(1));
    await until(() => forge.begun.length === 1, 'the first to be begun');
    await amend(engine, run, claimed);
    await amend(engine, run, succeeded);
    const out = reportsAreOut(engine.needs, 60_000, never).then(() => forge.told.map(word));
    assert.equal(await engine.needs.store.isSending('report', 0), true);
    forge.letGo();
    assert.deepEqual(await out, ['queued', 'success']);
  });

  test('at the end nobody waits for a report that failed, for longer than the limit, or after giving up', async () => {
    await using engine = await openEngine();
    engine.rules = [commandRule('unit', { report: ['forge'] })];
    await engine.start(onCommit(1));
    await reportsAreOut(engine.needs, 0, never);
    await reportsAreOut(engine.needs, 60_000, AbortSignal.abort());
    const [entry] = await engine.needs.store.takeOutbox('report', at, 1, at * 2);
    assert.ok(entry);
    await engine.needs.store.postpone(entry, at * 2, 'no answer');
    await reportsAreOut(engine.needs, 60_000, never);
  });

  test('the last try that fails is noted as given up', async () => {
    await using engine = await openEngine();
    engine.rules = [commandRule('unit', { report: ['forge'] })];
    const run = await engine.start(onCommit(1));
    const { store } = engine.needs;
    for (let n = 0; n < 29; n++) {
      const [entry] = await store.takeOutbox('report', at, 1, at * 2);
      assert.ok(entry);
      await store.postpone(entry, 0, 'no answer');
    }
    const forge: Reporter = {
      name: 'forge',
      report: async () => ({ result: 'retry', error: 'no answer', afterMs: null }),
    };
    await using _telling = tellReports(engine, [forge]);
    const note = await until(() => engine.notes.find(({ kind }) => kind === 'report.told'), 'the note');
    assert.deepEqual(note, {
      kind: 'report.told',
      reporter: 'forge',
      run,
      result: 'given up',
      error: 'no answer',
    });
    assert.equal((await store.run(run))?.reports[0]?.state, 'given up');
  });

  test('A92: "running" that is told slowly, or comes late, never follows "success"', async () => {
    await using engine = await openEngine();
    const forge = listener('forge');
    engine.rules = [commandRule('unit', { report: ['forge'] })];
    await using _telling = tellReports(engine, [forge.reporter]);
    let commit = 0;
    const step = fc.constantFrom('hold', 'let go', 'claim', 'finish', 'again');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async steps => {
        const changes = onCommit(++commit);
        const runs = [await engine.start(changes)];
        for (const step of steps) {
          const run = runs[0];
          assert.ok(run);
          if (step === 'hold') forge.hold();
          if (step === 'let go') forge.letGo();
          if (step === 'claim') for (const id of runs) await amend(engine, id, claimed);
          if (step === 'finish') for (const id of runs.toReversed()) await amend(engine, id, succeeded);
          if (step === 'again') runs.push(await engine.start(changes));
        }
        for (const id of runs.toReversed()) {
          await amend(engine, id, claimed);
          await amend(engine, id, succeeded);
        }
        forge.letGo();
        await reportsAreOut(engine.needs, 20_000, never);
        const told = forge.told.filter(({ sha }) => sha === changes.after);
        const order = told.map(({ run, version }) => `${run} ${String(version).padStart(3, '0')}`);
        assert.deepEqual(order, order.toSorted());
        assert.deepEqual(
          told.slice(-1).map(report => [report.run, word(report)]),
          [[runs.at(-1), 'success']],
        );
      }),
      { numRuns: 30 },
    );
  });
});
