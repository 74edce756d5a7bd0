import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acmeApp, patchEvent, pushEvent } from '../../test/support/events.ts';
import { radicleFacts, radiclePatch, radiclePush } from '../../test/support/radicle/events.ts';
import { createMatchers } from '../matchers/matchers.ts';
import type { Call } from './call.ts';
import type { Event } from './event.ts';
import { runId } from './id.ts';
import type { Standing } from './radicle.ts';
import type { Rule } from './rule.ts';
import { plan } from './run.ts';
import { distrust, isForeign, judge } from './verdict.ts';

const matchers = createMatchers();

function rule(changes: Partial<Rule>): Rule {
  return {
    name: 'unit-tests',
    when: {
      kind: 'all',
      of: [
        { kind: 'type', oneOf: ['push', 'patch'] },
        { kind: 'branch', patterns: ['main'] },
      ],
    },
    action: { kind: 'command', command: { shell: 'true' } },
    repo: null,
    env: {},
    secrets: [],
    pool: 'local',
    timeoutMs: 1000,
    retryLost: 2,
    keepLogMs: null,
    concurrency: null,
    trust: 'members',
    isolation: 'auto',
    report: [],
    schedule: null,
    ...changes,
  };
}

function told(changes: Partial<Rule>, event: Event): string {
  const { verdict, reason } = judge(matchers, rule(changes), event);
  return `${verdict}: ${reason}`;
}

const stranger = { id: '9', name: 'eve' };
const fork = patchEvent({
  fromFork: true,
  from: { repo: 'eve/app', branch: 'main' },
  author: stranger,
  authorIsMember: false,
});

test('verdicts and their one sentence', () => {
  const broken = { when: { kind: 'expression', source: 'event.branch' } } as const;
  const table: readonly (readonly [changes: Partial<Rule>, event: Event, told: string])[] = [
    [{}, pushEvent(), 'matched: all 2 conditions hold'],
    [{}, pushEvent({ branch: 'next' }), 'not matched: branch "next" is none of main'],
    [broken, pushEvent(), 'error: event.branch: it gives "main", not true or false'],
    [broken, fork, 'error: event.branch: it gives "main", not true or false'],
    [{}, patchEvent(), 'matched: all 2 conditions hold'],
    [{}, fork, 'blocked: the patch by eve comes from the fork eve/app: waits for approval'],
    [
      {},
      patchEvent({ fromFork: true, from: { repo: null, branch: 'x' }, author: { id: null, name: null } }),
      'blocked: the patch by an unknown person comes from outside the repository: waits for approval',
    ],
    [
      {},
      patchEvent({ author: stranger, authorIsMember: false }),
      'blocked: eve is not a member of acme/app: waits for approval',
    ],
    [{ trust: 'anyone' }, fork, 'matched: all 2 conditions hold'],
    [{ trust: 'approval' }, pushEvent(), 'blocked: the rule wants an approval for every run'],
    [{ trust: 'approval' }, pushEvent({ branch: 'next' }), 'not matched: branch "next" is none of main'],
    [
      broken,
      pushEvent({ type: 'manual', target: 'unit-tests', actor: { id: null, name: 'ann' } }),
      'matched: started by ann, by hand',
    ],
    [
      { trust: 'approval' },
      pushEvent({ type: 'schedule', target: 'unit-tests' }),
      'matched: started by its schedule',
    ],
    [
      {},
      pushEvent({ type: 'manual', target: 'deploy' }),
      'not matched: the event is for rule "deploy" alone',
    ],
  ];
  for (const [changes, event, expected] of table) assert.equal(told(changes, event), expected);
});

test('A62: who may start a rule is never judged by the names in commits', () => {
  const posing = patchEvent(
    { author: stranger, authorIsMember: false },
    { commits: [{ sha: 'x', message: '', author: 'ann' }] },
  );
  assert.match(told({}, posing), /^blocked: eve is not a member/);
});

test('hostile names stay short in a verdict’s sentence', () => {
  const name = 'n'.repeat(100_000);
  const repo = { ...acmeApp, name };
  const from = { repo: name, branch: name };
  const author = { id: '9', name };
  for (const fromFork of [true, false])
    assert.ok(told({}, patchEvent({ fromFork, from, author, authorIsMember: false }, { repo })).length < 400);
});

const call: Call = {
  rule: 'scripts',
  name: 'a.sh',
  action: {
    kind: 'script',
    script: { folder: '/dist', name: 'a.sh', interpreter: 'sh', args: ['-x'], cwd: null },
  },
  env: { FROM: 'the caller' },
  grounds: { holds: true, text: 'script "a.sh" is in /dist', seen: 'a.sh', error: false, parts: [] },
};
const called = (changes: Partial<Call> = {}): Event =>
  pushEvent({
    type: 'script',
    repo: null,
    ref: null,
    branch: null,
    after: null,
    call: { ...call, ...changes },
  });
const answering: Partial<Rule> = {
  name: 'scripts',
  when: {
    kind: 'all',
    of: [
      { kind: 'call', rule: 'scripts' },
      { kind: 'interpreter', oneOf: ['sh', 'node'] },
    ],
  },
  action: { kind: 'called' },
};

test('what an event calls for is run by the rule that it calls, and by no other', () => {
  assert.equal(told(answering, called()), 'matched: all 2 conditions hold');
  assert.equal(told(answering, called({ rule: 'hooks' })), 'not matched: the call is for rule "hooks"');
  assert.equal(told(answering, pushEvent()), 'not matched: the event names nothing to run');
});

test('a call whose source found no grounds does not run, and says why', () => {
  const grounds = { ...call.grounds, holds: false, text: 'the signature is wrong' };
  assert.equal(told(answering, called({ grounds })), 'not matched: the signature is wrong');
});

test('a call that is repeated is judged by what is allowed now', () => {
  const node = { kind: 'all', of: [{ kind: 'interpreter', oneOf: ['node'] }] } as const;
  assert.equal(told({ ...answering, when: node }, called()), 'not matched: executor "sh" is none of node');
});

test('a rule that waits for calls is not started by its name', () => {
  const byHand = pushEvent({ type: 'manual', target: 'scripts' });
  assert.equal(told(answering, byHand), 'not matched: the event names nothing to run');
});

test('a run of a call does what that names; its variables win over those of the rule', () => {
  const made = { id: runId('0'.repeat(26)), at: 1, blockedBy: null, workflow: null };
  const env = { FROM: 'the rule', ALSO: 'the rule' };
  const run = plan(rule({ ...answering, env }), called(), made);
  assert.deepEqual(run.plan.action, call.action);
  assert.deepEqual(run.plan.env, { FROM: 'the caller', ALSO: 'the rule' });
  assert.throws(() => plan(rule(answering), pushEvent(), made), /matched a call of nothing/);
});

test('in Radicle the namespace decides who may start a rule, also for a push', () => {
  const members = rule({ trust: 'members' });
  const by = (standing: Standing) =>
    radiclePush({ radicle: radicleFacts({ standing }), actor: { id: null, name: 'eve' } });
  assert.equal(distrust(members, by('delegate')), null);
  assert.match(
    distrust(members, by('stranger')) ?? '',
    /^the push is by eve \(z6Mk\w+\), who is no delegate of heartwood \(rad:z\w+\): waits for approval$/,
  );
  assert.match(distrust(members, by('followed')) ?? '', /whom this node follows, but who is no delegate/);
  assert.equal(isForeign(by('followed')), true);
  assert.equal(isForeign(by('delegate')), false);
  assert.equal(distrust(rule({ trust: 'anyone' }), by('stranger')), null);

  // A delegate's patch may hold a stranger's revision.
  const revision = radiclePatch({}, { radicle: radicleFacts({ standing: 'stranger' }) });
  assert.match(distrust(members, revision) ?? '', /^the patch's code is by alice/);
});

test('whom nobody names is told as somebody who is not named', () => {
  const radicle = radicleFacts({ namespace: null, standing: 'stranger' });
  const event = radiclePush({ radicle, actor: { id: null, name: null } });
  assert.match(
    distrust(rule({}), event) ?? '',
    /^the push is by somebody who is not named, who is no delegate/,
  );
});
