import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { sourceSuite } from '../contracts/source.suite.ts';
import type { NewEvent, Repo } from '../domain/event.ts';
import type { Json } from '../domain/json.ts';
import type { Rule } from '../domain/rule.ts';
import { createScheduleSource } from './schedule.ts';

const minuteMs = 60_000;
const dayMs = 24 * 3_600_000;

function rule(name: string, cron: string): Rule {
  return {
    name,
    when: { kind: 'all', of: [] },
    action: { kind: 'command', command: { shell: 'true' } },
    repo: 'acme/app',
    env: {},
    secrets: [],
    pool: 'local',
    timeoutMs: 1,
    retryLost: 0,
    keepLogMs: null,
    concurrency: null,
    trust: 'members',
    isolation: 'auto',
    report: [],
    schedule: { cron },
  };
}

const repo: Repo = {
  forge: 'github',
  name: 'acme/app',
  url: 'https://github.com/acme/app.git',
  defaultBranch: 'main',
};

/** Time that passes only by sleeping, at once, until `end`; then it stops `signal`. */
function simulatedTime(start: string, end: string) {
  const stop = new AbortController();
  const time = {
    now: Date.parse(start),
    end: Date.parse(end),
    signal: stop.signal,
    /** Called each time somebody sleeps, to change the world. */
    tick: (): void => undefined,
    clock: {
      now: () => time.now,
      async sleep(ms: number) {
        time.now += ms;
        time.tick();
        if (time.now >= time.end) stop.abort();
      },
    },
  };
  return time;
}

/** All that comes between two times, as `rule@time`, and the last position. */
async function between(
  start: string,
  end: string,
  world: {
    readonly rules: () => readonly Rule[];
    readonly position?: Json;
    readonly timezone?: string;
    readonly tick?: (time: ReturnType<typeof simulatedTime>) => void;
  },
): Promise<{
  readonly told: readonly string[];
  readonly events: readonly NewEvent[];
  readonly position: Json;
}> {
  const time = simulatedTime(start, end);
  time.tick = () => world.tick?.(time);
  const source = createScheduleSource({
    rules: world.rules,
    timezone: world.timezone ?? 'UTC',
    clock: time.clock,
    repoOf: async () => repo,
  });
  const events: NewEvent[] = [];
  let position: Json = world.position ?? null;
  for await (const item of source.listen(position, time.signal)) {
    events.push(...item.events);
    position = item.position ?? null;
  }
  return { told: events.map(event => event.deliveryId ?? ''), events, position };
}

sourceSuite('schedule', {
  kind: 'stream',
  create: async () => {
    let now = Date.parse('2025-06-01T00:00:30Z');
    let wake = (): void => undefined;
    const source = createScheduleSource({
      rules: () => [rule('often', '* * * * *')],
      timezone: 'UTC',
      repoOf: async () => repo,
      clock: {
        now: () => now,
        sleep: (ms, signal) =>
          new Promise((resolve, reject) => {
            wake = resolve;
            if (ms === 0) resolve();
            if (signal.aborted) reject(signal.reason);
            signal.addEventListener('abort', () => reject(signal.reason));
          }),
      },
    });
    return {
      source,
      async happen() {
        now += minuteMs;
        await new Promise(setImmediate);
        wake();
      },
      async [Symbol.asyncDispose]() {
        // Nothing is held.
      },
    };
  },
});

describe('schedule', () => {
  test('tells each due time once, for its rule, on the default branch', async () => {
    const { told, events } = await between('2025-06-01T00:00:00Z', '2025-06-03T12:00:00Z', {
      rules: () => [rule('nightly', '0 3 * * *')],
    });
    assert.deepEqual(told, [
      'nightly@2025-06-01T03:00:00.000Z',
      'nightly@2025-06-02T03:00:00.000Z',
      'nightly@2025-06-03T03:00:00.000Z',
    ]);
    const { type, action, target, ref, branch, after } = events[0]!;
    assert.deepEqual([type, action, target], ['schedule', 'nightly', 'nightly']);
    assert.deepEqual([events[0]!.repo, ref, branch, after], [repo, 'refs/heads/main', 'main', null]);
  });

  test('a repository whose default branch is not known is taken as it is', async () => {
    const time = simulatedTime('2025-06-01T00:00:00Z', '2025-06-01T04:00:00Z');
    const source = createScheduleSource({
      rules: () => [rule('nightly', '0 3 * * *'), { ...rule('bare', '0 3 * * *'), repo: null }],
      timezone: 'UTC',
      clock: time.clock,
      repoOf: async ({ repo: name }) => (name === null ? null : { ...repo, defaultBranch: null }),
    });
    const refs: unknown[] = [];
    for await (const { events } of source.listen(null, time.signal))
      for (const event of events) refs.push([event.target, event.ref, event.branch]);
    assert.deepEqual(refs, [
      ['nightly', 'HEAD', null],
      ['bare', null, null],
    ]);
  });

  test('A90: after a downtime there is one event per rule, for the latest time missed', async () => {
    const rules = () => [
      rule('often', '*/5 * * * *'),
      rule('nightly', '0 3 * * *'),
      rule('yearly', '0 0 1 1 *'),
    ];
    const before = await between('2025-06-01T02:58:00Z', '2025-06-01T03:02:00Z', { rules });
    assert.deepEqual(before.told, ['often@2025-06-01T03:00:00.000Z', 'nightly@2025-06-01T03:00:00.000Z']);
    const after = await between('2025-06-04T09:02:00Z', '2025-06-04T09:06:00Z', {
      rules,
      position: before.position,
    });
    assert.deepEqual(after.told, [
      'often@2025-06-04T09:00:00.000Z',
      'nightly@2025-06-04T03:00:00.000Z',
      'often@2025-06-04T09:05:00.000Z',
    ]);
  });

  test('A90: a restart tells nothing twice', async () => {
    const rules = () => [rule('often', '*/5 * * * *')];
    const first = await between('2025-06-01T02:58:00Z', '2025-06-01T03:00:00.001Z', { rules });
    const second = await between('2025-06-01T03:00:00Z', '2025-06-01T03:04:00Z', {
      rules,
      position: first.position,
    });
    assert.deepEqual([first.told.length, second.told], [1, []]);
  });

  // Europe/Berlin: 02:00 became 03:00 on 30 March 2025, and 03:00 became 02:00 on 26 October 2025.
  for (const [cron, gap, overlap] of [
    ['30 2 * * *', ['03-30T01:00'], ['10-26T00:30']],
    ['0,30 2 * * *', ['03-30T01:00'], ['10-26T00:00', '10-26T00:30']],
    ['0 2-3 * * *', ['03-30T01:00'], ['10-26T00:00', '10-26T02:00']],
    [
      '30 * * * *',
      ['03-29T23:30', '03-30T00:30', '03-30T01:30', '03-30T02:30'],
      ['10-25T22:30', '10-25T23:30', '10-26T00:30', '10-26T01:30', '10-26T02:30'],
    ],
  ] as const)
    test(`A90: ${cron} when clocks are put forward and back`, async () => {
      const world = { rules: () => [rule('x', cron)], timezone: 'Europe/Berlin' };
      const short = ({ told }: { readonly told: readonly string[] }) => told.map(id => id.slice(7, 18));
      assert.deepEqual(short(await between('2025-03-29T23:01:00Z', '2025-03-30T03:00:00Z', world)), gap);
      assert.deepEqual(short(await between('2025-10-25T22:01:00Z', '2025-10-26T03:00:00Z', world)), overlap);
    });

  test('A90: a clock that goes back tells nothing twice', async () => {
    let steps = 0;
    const { told } = await between('2025-06-01T02:58:00Z', '2025-06-01T06:02:00Z', {
      rules: () => [rule('hourly', '0 * * * *')],
      tick: time => {
        if (time.now > Date.parse('2025-06-01T05:01:00Z') && steps++ === 0) time.now -= 2 * 3_600_000;
      },
    });
    const hours = told.map(id => id.slice(18, 20));
    assert.deepEqual([steps > 1, hours], [true, ['03', '04', '05', '06']]);
  });

  test('A22: a clock that had been years ahead does not stop schedules for years', async () => {
    const { position } = await between('2099-01-01T00:00:00Z', '2099-01-01T00:01:00Z', {
      rules: () => [rule('nightly', '0 3 * * *')],
    });
    const { told } = await between('2025-06-01T00:00:00Z', '2025-06-01T04:00:00Z', {
      rules: () => [rule('nightly', '0 3 * * *')],
      position,
    });
    assert.deepEqual(told, ['nightly@2025-06-01T03:00:00.000Z']);
  });

  test('rules that change while it runs are noticed, and a new one has missed nothing', async () => {
    let rules = [rule('old', '0 3 * * *')];
    const world = {
      rules: () => rules,
      tick: ({ now }: { readonly now: number }) => {
        if (now > Date.parse('2025-06-01T12:00:00Z'))
          rules = [rule('old', '0 11 * * *'), rule('new', '0 4,13 * * *')];
      },
    };
    const { told, position } = await between('2025-06-01T00:00:00Z', '2025-06-01T14:00:00Z', world);
    assert.deepEqual(told, ['old@2025-06-01T03:00:00.000Z', 'new@2025-06-01T13:00:00.000Z']);
    const added = { rules: () => [...rules, rule('added', '0 16 * * *')], position };
    const later = await between('2025-06-01T18:00:00Z', '2025-06-01T19:00:00Z', added);
    assert.deepEqual(later.told, []);
  });

  test('never more than one event for a due time, wherever the clock is set back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: dayMs - 1 }),
        fc.integer({ min: 0, max: dayMs }),
        fc.constantFrom('*/7 * * * *', '30 2 * * *', '0 0 * * MON'),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe'),
        async (stepMs, afterMs, cron, timezone) => {
          const start = '2025-10-26T00:00:00Z';
          let left = stepMs;
          const { told } = await between(start, '2025-10-26T18:00:00Z', {
            rules: () => [rule('x', cron)],
            timezone,
            tick: time => {
              if (time.now < Date.parse(start) + afterMs) return;
              time.now -= left;
              left = 0;
            },
          });
          assert.equal(new Set(told).size, told.length);
        },
      ),
      { numRuns: 10 },
    );
  });

  test('a position of another shape counts as none', async () => {
    const { told } = await between('2025-06-01T00:00:00Z', '2025-06-01T04:00:00Z', {
      rules: () => [rule('nightly', '0 3 * * *')],
      position: { somewhere: 'else' },
    });
    assert.equal(told.length, 1);
  });

  test('an unknown time zone is refused', () => {
    const create = () =>
      createScheduleSource({
        rules: () => [],
        timezone: 'Mars/Olympus',
        clock: simulatedTime('2025-06-01', '2025-06-02').clock,
        repoOf: async () => null,
      });
    assert.throws(create, /sources\.schedule\.timezone: "Mars\/Olympus" is no time zone/);
  });
});
