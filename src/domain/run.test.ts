import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { patchEvent, pushEvent } from '../../test/support/events.ts';
import { forMembers } from '../../test/support/trust.ts';
import type { Event } from './event.ts';
import { eventId, runId } from './id.ts';
import { reports } from './report.ts';
import type { Rule } from './rule.ts';
import { advance, type News, plan, type Run, rerun } from './run.ts';

const id = runId('0'.repeat(26));

function queued(retryLost = 2): Run {
  return {
    id,
    event: eventId('0'.repeat(26)),
    rule: 'unit',
    queuedAt: 1,
    plan: {
      action: { kind: 'command', command: { shell: 'true' } },
      workflow: null,
      repo: null,
      revision: { url: 'https://forge.example/a.git', ref: 'refs/heads/main', sha: null, clone: null },
      env: {},
      secrets: [],
      withheld: [],
      keepLogMs: null,
      pool: 'local',
      isolation: 'none',
      timeoutMs: 1000,
      retryLost,
      concurrency: null,
      approvalOf: null,
      blockedBy: null,
      report: [],
    },
    rerunOf: null,
    attempt: 0,
    version: 1,
    status: { state: 'queued', reason: null },
  };
}

const claimed: News = { kind: 'claimed', agent: 'box', claim: 'c1', at: 10, leaseUntil: 40 };
const success: News = {
  kind: 'finished',
  attempt: 1,
  at: 20,
  ending: { outcome: 'success', exitCode: 0, reason: null },
};
const acme = { forge: 'git', name: 'acme/app', url: 'https://forge.example/a.git', defaultBranch: null };
const after = (run: Run, ...news: News[]): Run => news.reduce(advance, run);

describe('a run', () => {
  test('goes from queued over running to its end', () => {
    const running = after(queued(), claimed);
    assert.equal(running.attempt, 1);
    assert.deepEqual(running.status, {
      state: 'running',
      agent: 'box',
      claim: 'c1',
      startedAt: 10,
      leaseUntil: 40,
      cancelling: null,
      counterpart: null,
    });
    const ended = after(running, success);
    assert.deepEqual(ended.status, {
      state: 'finished',
      outcome: 'success',
      exitCode: 0,
      reason: null,
      counterpart: null,
      agent: 'box',
      startedAt: 10,
      finishedAt: 20,
    });
  });

  test('is claimed once', () => {
    const running = after(queued(), claimed);
    assert.equal(advance(running, { ...claimed, agent: 'other' }), running);
  });

  test('ignores the word of an attempt that is not its latest', () => {
    const second = after(
      queued(),
      claimed,
      { kind: 'lease-checked', at: 50 },
      { ...claimed, at: 60, leaseUntil: 90 },
    );
    assert.equal(second.attempt, 2);
    assert.equal(advance(second, success), second);
  });

  test('stays finished', () => {
    const ended = after(queued(), claimed, success);
    for (const news of [
      claimed,
      success,
      { kind: 'cancelled', by: 'me', at: 30 },
      { kind: 'lease-checked', at: 99 },
    ] as const)
      assert.equal(advance(ended, news), ended);
  });

  test('is tried again as often as its rule allows when it is lost, then is lost', () => {
    const once = after(queued(1), claimed, { kind: 'lease-checked', at: 41 });
    assert.deepEqual(once.status, {
      state: 'queued',
      reason: 'attempt 1 was lost: box was silent for longer than its lease',
    });
    const twice = after(
      once,
      { ...claimed, at: 50, leaseUntil: 80 },
      { kind: 'agent-gone', agent: 'box', at: 60, reason: 'it was killed' },
    );
    assert.equal(twice.status.state === 'finished' && twice.status.outcome, 'lost');
  });

  test('with retry lost: 0 is never repeated', () => {
    const lost = after(queued(0), claimed, { kind: 'lease-checked', at: 41 });
    assert.equal(lost.status.state === 'finished' && lost.status.outcome, 'lost');
    assert.equal(lost.attempt, 1);
  });

  test('keeps its lease while it is not over, and a longer one says nothing to others', () => {
    const running = after(queued(), claimed);
    assert.equal(advance(running, { kind: 'lease-checked', at: 39 }), running);
    const longer = advance(running, { kind: 'alive', attempt: 1, agent: 'box', leaseUntil: 70 });
    assert.equal(longer.version, running.version);
    assert.equal(longer.status.state === 'running' && longer.status.leaseUntil, 70);
  });

  test('cancelled while it runs is cancelled also when its agent is never heard again', () => {
    const run = after(
      queued(),
      claimed,
      { kind: 'cancelled', by: 'me', at: 15 },
      { kind: 'lease-checked', at: 41 },
    );
    assert.equal(run.status.state === 'finished' && run.status.outcome, 'cancelled');
  });

  test('blocked waits for an approval', () => {
    const blocked: Run = { ...queued(), status: { state: 'blocked', reason: 'a stranger' } };
    assert.equal(advance(blocked, claimed), blocked);
    assert.equal(after(blocked, { kind: 'approved', by: 'me' }, claimed).status.state, 'running');
  });

  test('remembers that nobody has approved it, and forgets that when somebody does', () => {
    const blocked = rerun(queued(), { id, at: 2, blockedBy: 'a stranger' });
    assert.deepEqual(blocked.status, { state: 'blocked', reason: 'a stranger' });
    assert.equal(after(blocked, { kind: 'cancelled', by: 'me', at: 3 }).plan.blockedBy, 'a stranger');
    assert.equal(after(blocked, { kind: 'approved', by: 'me' }).plan.blockedBy, null);
  });

  test('says when it is over who had it last, also when that one was lost, and nobody when it never started', () => {
    const agentOf = ({ status }: Run) => status.state === 'finished' && status.agent;
    assert.equal(agentOf(after(queued(), claimed, success)), 'box');
    assert.equal(agentOf(after(queued(0), claimed, { kind: 'lease-checked', at: 50 })), 'box');
    assert.equal(agentOf(after(queued(), { kind: 'cancelled', by: 'me', at: 3 })), null);
  });
});

const anyNews: fc.Arbitrary<News> = fc.oneof(
  fc.record({
    kind: fc.constant('claimed' as const),
    agent: fc.constantFrom('a', 'b'),
    claim: fc.constantFrom('c1', 'c2'),
    at: fc.nat(99),
    leaseUntil: fc.nat(99),
  }),
  fc.record({
    kind: fc.constant('alive' as const),
    attempt: fc.nat(4),
    agent: fc.constantFrom('a', 'b'),
    leaseUntil: fc.nat(99),
  }),
  fc.record({ kind: fc.constant('resolved' as const), attempt: fc.nat(4), sha: fc.constant('f'.repeat(40)) }),
  fc.record({
    kind: fc.constant('counterpart' as const),
    attempt: fc.nat(4),
    counterpart: fc.record(
      { id: fc.constantFrom('a', 'b'), url: fc.constant(null) },
      { noNullPrototype: true },
    ),
  }),
  fc.record({
    kind: fc.constant('finished' as const),
    attempt: fc.nat(4),
    at: fc.nat(99),
    ending: fc.record({
      outcome: fc.constantFrom('success', 'failure', 'error', 'timeout', 'cancelled'),
      exitCode: fc.constant(null),
      reason: fc.constant(null),
    }),
  }),
  fc.record({ kind: fc.constant('superseded' as const), reason: fc.constant('newer'), at: fc.nat(99) }),
  fc.record({ kind: fc.constant('approved' as const), by: fc.constant('me') }),
  fc.record({ kind: fc.constant('cancelled' as const), by: fc.constant('me'), at: fc.nat(99) }),
  fc.record({ kind: fc.constant('lease-checked' as const), at: fc.nat(99) }),
  fc.record({
    kind: fc.constant('agent-gone' as const),
    agent: fc.constantFrom('a', 'b'),
    at: fc.nat(99),
    reason: fc.constant('gone'),
  }),
);

/** A crash that ends all agents, and the run as the next process reads it. */
const restart = (run: Run): Run => {
  const read: Run = JSON.parse(JSON.stringify(run));
  return after(
    read,
    { kind: 'agent-gone', agent: 'a', at: 99, reason: 'the server was ended' },
    { kind: 'agent-gone', agent: 'b', at: 99, reason: 'the server was ended' },
  );
};

test('A87: whatever happens in whatever order, with crashes and restarts: one end, no resurrection, attempts and versions only grow', () => {
  const anyBegin = fc.record({ retryLost: fc.nat(3), blocked: fc.boolean() });
  const step = fc.oneof(
    { weight: 9, arbitrary: anyNews },
    { weight: 1, arbitrary: fc.constant('restart' as const) },
  );
  let ends = 0;
  fc.assert(
    fc.property(anyBegin, fc.array(step, { maxLength: 60 }), ({ retryLost, blocked }, story) => {
      let run: Run = { ...queued(retryLost), ...(blocked && { status: { state: 'blocked', reason: 'x' } }) };
      const versions = [run.version];
      for (const step of story) {
        const next = step === 'restart' ? restart(run) : advance(run, step);
        assert.ok(next.attempt === run.attempt || next.attempt === run.attempt + 1);
        assert.ok(next.version === run.version || next.version === run.version + 1);
        assert.ok(next.version > run.version || next.status.state === run.status.state);
        if (next.version > run.version) versions.push(next.version);
        if (run.status.state === 'finished') assert.deepEqual(next, run);
        if (run.status.state !== 'blocked') assert.notEqual(next.status.state, 'blocked');
        run = next;
      }
      if (run.status.state === 'finished') ends += 1;
      assert.ok(run.attempt <= retryLost + 1);
      assert.deepEqual(
        versions,
        versions.map((_, index) => index + 1),
      );
    }),
    { numRuns: 1_000 },
  );
  assert.ok(ends > 300, `only ${ends} of the stories had an end`);
});

test('A88: a cancel and the end in a race, 10,000 times: one end, and the last report tells it', () => {
  const running = after(
    { ...queued(), plan: { ...queued().plan, repo: { ...acme }, report: ['forge'] } },
    claimed,
    { kind: 'resolved', attempt: 1, sha: 'f'.repeat(40) },
  );
  const outcome = fc.constantFrom('success', 'failure', 'error', 'timeout', 'cancelled');
  const cancels = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('cancelled' as const), by: fc.constant('me'), at: fc.nat(99) }),
      fc.record({ kind: fc.constant('superseded' as const), reason: fc.constant('newer'), at: fc.nat(99) }),
    ),
    { minLength: 1, maxLength: 3 },
  );
  const finishes = fc.array(
    fc.record({
      kind: fc.constant('finished' as const),
      attempt: fc.constant(1),
      at: fc.nat(99),
      ending: fc.record({ outcome, exitCode: fc.constant(null), reason: fc.constant(null) }),
    }),
    { minLength: 1, maxLength: 3 },
  );
  const race = fc
    .tuple(cancels, finishes)
    .chain(([cancels, finishes]) =>
      fc.shuffledSubarray<News>([...cancels, ...finishes], { minLength: cancels.length + finishes.length }),
    );
  fc.assert(
    fc.property(race, story => {
      const ends = new Set<Run>();
      const told = [];
      let run = running;
      for (const news of story) {
        const next = advance(run, news);
        if (next.version > run.version) told.push(...reports(next));
        run = next;
        if (run.status.state === 'finished') ends.add(run);
      }
      assert.equal(ends.size, 1);
      assert.ok(run.status.state === 'finished');
      assert.deepEqual(told.at(-1)?.status, run.status);
      assert.equal(told.filter(({ status }) => status.state === 'finished').length, 1);
      // Who was asked to end and did is what was asked for; who had ended before is what it was.
      const first = story.find(news => news.kind === 'finished');
      assert.ok(first?.kind === 'finished');
      const asked = story.slice(0, story.indexOf(first)).at(0);
      const expected =
        first.ending.outcome === 'cancelled' && asked !== undefined ? asked.kind : first.ending.outcome;
      assert.equal(run.status.outcome, expected);
    }),
    { numRuns: 10_000 },
  );
});

test('the same news twice changes a run once', () => {
  fc.assert(
    fc.property(fc.array(anyNews, { maxLength: 30 }), anyNews, (story, news) => {
      const before = story.reduce(advance, queued());
      const once = advance(before, news);
      // A second claim, or the loss of a run that was claimed again, is another fact: the rest must be idempotent.
      if (
        news.kind === 'approved' ||
        news.kind === 'cancelled' ||
        news.kind === 'resolved' ||
        news.kind === 'counterpart' ||
        news.kind === 'finished'
      )
        assert.equal(advance(once, news), once);
    }),
  );
});

test('strangers’ code gets secrets only when somebody has approved it', () => {
  const rule: Rule = { ...forMembers, trust: 'anyone', secrets: ['TOKEN'] };
  const given = (event: Event, blockedBy: string | null) => {
    const { secrets, withheld } = plan(rule, event, { id, at: 1, blockedBy, workflow: null }).plan;
    assert.deepEqual([...secrets, ...withheld], ['TOKEN']);
    return secrets.length > 0;
  };
  assert.equal(given(patchEvent({ authorIsMember: false }), null), false);
  assert.equal(
    given(patchEvent({ fromFork: true, from: { repo: 'stranger/app', branch: 'lamps' } }), null),
    false,
  );
  assert.equal(given(patchEvent({ authorIsMember: false }), 'not yet approved'), true);
  assert.equal(given(patchEvent(), null), true);
  assert.equal(given(pushEvent(), null), true);
});

test('what is not a member’s code is isolated, whoever approved or allowed it; the rule may say otherwise', () => {
  const isolation = (event: Event, changes: Partial<Rule> = {}) => {
    const rule = { ...forMembers, ...changes };
    const made = { id, at: 1, blockedBy: null, workflow: null };
    const run = plan(rule, event, made);
    assert.equal(rerun(run, made).plan.isolation, run.plan.isolation);
    assert.equal(plan(rule, event, { ...made, blockedBy: 'a doubt' }).plan.isolation, run.plan.isolation);
    return run.plan.isolation;
  };
  const fork = patchEvent({ fromFork: true, from: { repo: 'stranger/app', branch: 'lamps' } });
  const stranger = patchEvent({ authorIsMember: false });
  assert.equal(isolation(pushEvent()), 'none');
  assert.equal(isolation(patchEvent()), 'none');
  for (const event of [fork, stranger]) {
    assert.equal(isolation(event), 'namespace');
    assert.equal(isolation(event, { trust: 'anyone' }), 'namespace');
    assert.equal(isolation(event, { isolation: 'none' }), 'none');
  }
  assert.equal(isolation(pushEvent(), { isolation: 'namespace' }), 'namespace');
  // By hand, somebody's proposal can be named as well.
  const byHand = (ref: string): Event => ({ ...pushEvent(), type: 'manual', target: forMembers.name, ref });
  assert.equal(isolation(byHand('refs/heads/main')), 'none');
  for (const ref of ['refs/pull/7/head', 'refs/merge-requests/7/head'])
    assert.equal(isolation(byHand(ref)), 'namespace');
});

test('what its counterpart is called stays with the attempt that it was told of', () => {
  const counterpart = { id: 'native-1', url: 'https://ci.example.org/native-1' };
  const told = after(queued(), claimed, { kind: 'counterpart', attempt: 1, counterpart });
  assert.ok(told.status.state === 'running');
  assert.deepEqual(told.status.counterpart, counterpart);
  assert.equal(advance(told, { kind: 'counterpart', attempt: 1, counterpart: { ...counterpart } }), told);
  assert.equal(advance(told, { kind: 'counterpart', attempt: 2, counterpart }), told);
  const ending = { outcome: 'success', exitCode: 0, reason: null } as const;
  const ended = advance(told, { kind: 'finished', attempt: 1, at: 5, ending });
  assert.ok(ended.status.state === 'finished');
  assert.deepEqual(ended.status.counterpart, counterpart);
});
