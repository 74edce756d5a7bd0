import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Repo } from '../domain/event.ts';
import { eventId, runId } from '../domain/id.ts';
import type { CommitReport } from '../domain/report.ts';
import { outcomes, type RunStatus } from '../domain/run.ts';
import type { Reporter } from './reporter.ts';

/** A reporter and the outside it talks to. */
export interface ReporterHarness extends AsyncDisposable {
  readonly reporter: Reporter;
  /** States that it says nothing of. */
  readonly silentIn: readonly RunStatus['state'][];
  /** A repository that the outside knows. */
  readonly repo: Repo;
  /** What the outside has heard of a subject, in order. */
  heard(): readonly unknown[];
  /** From now on the outside fails in a way that may pass … */
  fail(): void;
  /** … or refuses for good; null when it cannot. */
  readonly refuse: (() => void) | null;
  /** … or accepts connections and never answers. */
  hang(): void;
  /** Something that must never be told: a token, a URL that holds one. Null when there is none. */
  readonly secret: string | null;
}

/** What every reporter must do. */
export function reporterSuite(name: string, create: () => Promise<ReporterHarness>): void {
  const never = new AbortController().signal;

  describe(`reporter contract: ${name}`, () => {
    test('tells every state that a run can have', async () => {
      await using world = await create();
      for (const [index, status] of states.entries())
        assert.deepEqual(
          await world.reporter.report(reportOf(world.repo, status, index + 1), never),
          { result: 'sent' },
          JSON.stringify(status),
        );
      const told = states.filter(({ state }) => !world.silentIn.includes(state));
      assert.equal(world.heard().length, told.length);
    });

    test('may tell the same again', async () => {
      await using world = await create();
      const report = reportOf(world.repo, finished('success'), 3);
      await world.reporter.report(report, never);
      assert.deepEqual(await world.reporter.report(report, never), { result: 'sent' });
    });

    test('a failure that may pass is for trying again', async () => {
      await using world = await create();
      world.fail();
      const { result, ...rest } = await world.reporter.report(
        reportOf(world.repo, finished('success'), 1),
        never,
      );
      assert.equal(result, 'retry');
      assertDiscreet(rest, world.secret);
    });

    test('a failure that will not pass is not', async t => {
      await using world = await create();
      if (world.refuse === null) return t.skip('declared: this outside refuses nothing for good');
      world.refuse();
      const { result, ...rest } = await world.reporter.report(
        reportOf(world.repo, finished('success'), 1),
        never,
      );
      assert.equal(result, 'refused');
      assertDiscreet(rest, world.secret);
    });

    test('stops waiting when it is told to, and does not throw', async () => {
      await using world = await create();
      world.hang();
      const stop = new AbortController();
      const telling = world.reporter.report(reportOf(world.repo, finished('success'), 1), stop.signal);
      stop.abort();
      const { result, ...rest } = await telling;
      assert.equal(result, 'retry');
      assertDiscreet(rest, world.secret);
    });
  });
}

function assertDiscreet(told: object, secret: string | null): void {
  const text = JSON.stringify(told);
  assert.match(text, /"error":".+"/);
  if (secret !== null) assert.ok(!text.includes(secret), 'the error tells a secret');
}

const finished = (outcome: (typeof outcomes)[number]): RunStatus => ({
  state: 'finished',
  outcome,
  exitCode: outcome === 'success' ? 0 : outcome === 'failure' ? 2 : null,
  agent: 'box',
  startedAt: 1_000,
  finishedAt: 13_000,
  reason: null,
  counterpart: null,
});

const states: readonly RunStatus[] = [
  { state: 'blocked', reason: 'the rule wants an approval for every run' },
  { state: 'queued', reason: null },
  {
    state: 'running',
    agent: 'box-1',
    claim: 'c1',
    startedAt: 1_000,
    leaseUntil: 31_000,
    cancelling: null,
    counterpart: null,
  },
  ...outcomes.map(finished),
];

/** A report of one run at one version. */
export function reportOf(repo: Repo, status: RunStatus, version: number): CommitReport {
  const sha = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';
  return {
    reporter: 'github',
    subject: JSON.stringify(['github', repo.name, sha, 'unit-tests']),
    run: runId('0'.repeat(26)),
    version,
    rule: 'unit-tests',
    event: eventId('0'.repeat(26)),
    repo,
    sha,
    status,
  };
}
