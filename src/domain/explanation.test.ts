import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { acmeApp, patchEvent, pushEvent, tagEvent } from '../../test/support/events.ts';
import { createMatchers } from '../matchers/matchers.ts';
import type { Condition } from './condition.ts';
import { blankEvent, type Event, eventTypes, patchActions } from './event.ts';
import { type Explanation, holds, type Matchers } from './explanation.ts';

const matchers = createMatchers();
const push = pushEvent();

/** What a condition says of an event: `✓`, `✗` or `!` for broken, then its text. */
function told(condition: Condition, event: Event = push): string {
  const { holds: held, text, error } = holds(matchers, condition, event);
  return `${error ? '!' : held === true ? '✓' : '✗'} ${text}`;
}

const ping: Event = { ...push, ...blankEvent('other'), action: 'ping', note: 'a ping' };
const deleted = pushEvent({ action: 'deleted', after: null });
const homeless = pushEvent({ repo: null, branch: null, ref: null });
const undecidedDefault = pushEvent({ repo: { ...acmeApp, defaultBranch: null } });

test('what conditions say', () => {
  const isType = (...oneOf: (typeof eventTypes)[number][]): Condition => ({ kind: 'type', oneOf });
  const action = (oneOf: readonly string[], type: 'patch' | null = null): Condition => ({
    kind: 'action',
    type,
    oneOf,
    implied: type !== null,
  });
  const repo = (...patterns: string[]): Condition => ({ kind: 'repo', patterns });
  const branch = (...patterns: string[]): Condition => ({ kind: 'branch', patterns });
  const paths = (...patterns: string[]): Condition => ({ kind: 'paths', patterns });
  const table: readonly (readonly [condition: Condition, event: Event, told: string])[] = [
    [isType('push', 'patch'), push, '✓ the event is a push'],
    [isType('push', 'patch'), tagEvent(), '✗ the event is a tag, not a push or a patch'],
    [isType('push'), ping, '✗ the event is "ping": it asks for nothing, not a push'],
    [action(['created', 'updated'], 'patch'), patchEvent(), '✓ action "created" is one of created, updated'],
    [
      action(['created', 'updated'], 'patch'),
      patchEvent({}, { action: 'closed' }),
      '✗ action "closed" is none of created, updated, which a rule means when it names no action',
    ],
    [action(['created', 'updated'], 'patch'), push, '✓ any action of a push will do'],
    [action(['merged']), push, '✗ action "updated" is none of merged'],
    [action(['merged']), { ...push, action: null }, '✗ the event has no action'],
    [{ kind: 'commit' }, push, '✓ there is a commit: bbbbbbbbbbbb'],
    [{ kind: 'commit' }, pushEvent({ after: null }), '✓ the commit is looked up when the run starts'],
    [{ kind: 'commit' }, deleted, '✗ refs/heads/main was deleted: there is no commit to run'],
    [repo('acme/*'), push, '✓ repository "acme/app" matches acme/*'],
    [repo('other/*', '!acme/*'), push, '✗ repository "acme/app" is excluded by !acme/*'],
    [repo('other/*'), push, '✗ repository "acme/app" is none of other/*'],
    [repo('!other/*'), push, '✓ repository "acme/app" is not excluded'],
    [repo('*'), homeless, '✗ the event has no repository'],
    [
      branch('main', 'release/*'),
      pushEvent({ branch: 'feature/x' }),
      '✗ branch "feature/x" is none of main, release/*',
    ],
    [branch('$default'), push, '✓ branch "main" matches $default (main)'],
    [branch('$default'), pushEvent({ branch: 'next' }), '✗ branch "next" is none of $default (main)'],
    [branch('!$default'), push, '✗ branch "main" is excluded by !$default (main)'],
    [branch('!$default'), pushEvent({ branch: 'next' }), '✓ branch "next" is not excluded'],
    [
      branch('$default'),
      undecidedDefault,
      `✗ branch "main" cannot be compared with $default: the repository's default branch is not known`,
    ],
    [branch('$default', 'ma*'), undecidedDefault, '✓ branch "main" matches ma*'],
    [
      branch('!$default'),
      undecidedDefault,
      `✗ branch "main" cannot be compared with $default: the repository's default branch is not known`,
    ],
    [branch('*'), tagEvent(), '✗ a tag has no branch'],
    [branch('*'), homeless, '✗ the event has no branch'],
    [paths('src/**', '!**/*.md'), push, '✓ changed path "src/signal.ts" matches src/**, !**/*.md'],
    [paths('lib/**'), push, '✗ no changed path matches lib/**: "src/signal.ts", "docs/signal.md"'],
    [
      paths('lib/**'),
      pushEvent({ changed: ['a', 'b', 'c', 'd', 'e'] }),
      '✗ no changed path matches lib/**: "a", "b", "c" and 2 more',
    ],
    [paths('lib/**'), pushEvent({ changed: [] }), '✗ no path was changed'],
    [
      paths('lib/**'),
      pushEvent({ changed: null }),
      '✓ the sender did not list the changed paths: counted as matching',
    ],
    [
      { kind: 'expression', source: 'event.actor.name != "ann"' },
      push,
      '✗ event.actor.name != "ann": it is "ann"',
    ],
    [
      { kind: 'expression', source: 'event.patch.draft' },
      push,
      '✗ event.patch.draft: event.patch is missing',
    ],
    [
      { kind: 'expression', source: 'event.branch' },
      push,
      '! event.branch: it gives "main", not true or false',
    ],
    [{ kind: 'not', of: branch('next') }, push, '✓ not: branch "main" is none of next'],
    [{ kind: 'not', of: branch('main') }, push, '✗ not: branch "main" matches main'],
    [{ kind: 'all', of: [] }, push, '✓ all 0 conditions hold'],
    [{ kind: 'all', of: [branch('main')] }, push, '✓ branch "main" matches main'],
    [{ kind: 'all', of: [branch('main'), repo('acme/*')] }, push, '✓ all 2 conditions hold'],
    [
      { kind: 'all', of: [repo('acme/*'), branch('next'), paths('lib/**')] },
      push,
      '✗ branch "main" is none of next',
    ],
    [{ kind: 'any', of: [branch('next'), branch('main')] }, push, '✓ branch "main" matches main'],
    [
      { kind: 'any', of: [branch('next'), repo('other/*')] },
      push,
      '✗ none of 2 alternatives holds: branch "main" is none of next; repository "acme/app" is none of other/*',
    ],
  ];
  for (const [condition, event, expected] of table) assert.equal(told(condition, event), expected);
});

test('A27: the first condition that fails is told, with the value it saw, and no credential in it', () => {
  const token = `ghp_${'0aB'.repeat(12)}`;
  const explanation = holds(
    matchers,
    {
      kind: 'all',
      of: [
        { kind: 'type', oneOf: ['push'] },
        { kind: 'repo', patterns: ['acme/*'] },
        { kind: 'branch', patterns: ['main'] },
        { kind: 'paths', patterns: ['lib/**'] },
        { kind: 'expression', source: 'event.branch == "main"' },
      ],
    },
    pushEvent({ branch: `try/${token}`, changed: [`src/${token}`], ref: token }),
  );
  assert.equal(explanation.text, 'branch "try/***" is none of main');
  assert.deepEqual(
    explanation.parts.map(part => part.holds),
    [true, true, false, false, null],
  );
  assert.equal(explanation.parts[2]?.seen, 'try/***');
  assert.ok(!JSON.stringify(explanation).includes(token));
});

test('a tree keeps every part; an expression is not looked at once something else has failed', () => {
  const expression: Condition = { kind: 'expression', source: 'event.branch == "main"' };
  const explanation = holds(
    matchers,
    { kind: 'all', of: [{ kind: 'repo', patterns: ['other/*'] }, expression] },
    push,
  );
  assert.deepEqual(explanation, {
    holds: false,
    text: 'repository "acme/app" is none of other/*',
    seen: null,
    error: false,
    parts: [
      {
        holds: false,
        text: 'repository "acme/app" is none of other/*',
        seen: 'acme/app',
        error: false,
        parts: [],
      },
      { holds: null, text: 'not looked at: event.branch == "main"', seen: null, error: false, parts: [] },
    ],
  });
});

test('a broken condition makes the whole broken only where nothing else decides', () => {
  const broken: Condition = { kind: 'expression', source: 'event.branch > 1' };
  const yes: Condition = { kind: 'repo', patterns: ['**'] };
  const no: Condition = { kind: 'repo', patterns: ['x'] };
  const answer = (condition: Condition) => told(condition)[0];
  assert.equal(answer({ kind: 'all', of: [yes, broken] }), '!');
  assert.equal(answer({ kind: 'all', of: [broken, no] }), '✗');
  assert.equal(answer({ kind: 'all', of: [broken, { kind: 'expression', source: 'false' }] }), '✗');
  assert.equal(answer({ kind: 'any', of: [broken, yes] }), '✓');
  assert.equal(answer({ kind: 'any', of: [no, broken] }), '!');
  assert.equal(answer({ kind: 'not', of: broken }), '!');
  assert.equal(answer({ kind: 'not', of: { kind: 'all', of: [yes, broken] } }), '!');
});

test('A28: "not" does not turn something missing into a match', () => {
  assert.equal(
    told({ kind: 'not', of: { kind: 'expression', source: 'event.patch.title == "x"' } }),
    '✗ !(event.patch.title == "x"): event.patch is missing',
  );
});

test('hostile names stay short in what is told and kept', () => {
  const name = 'n'.repeat(1_000_000);
  const event = pushEvent({
    branch: name,
    repo: { ...acmeApp, name, defaultBranch: name },
    action: name,
    changed: [name, name, name],
    ref: name,
  });
  const patterns = Array.from({ length: 100 }, (_, n) => `x${n}`);
  for (const kind of ['branch', 'repo', 'paths'] as const) {
    const explanation = holds(matchers, { kind, patterns }, event);
    assert.ok(JSON.stringify(explanation).length < 1500, kind);
  }
  for (const pattern of ['$default', '!$default'])
    assert.ok(holds(matchers, { kind: 'branch', patterns: [pattern] }, event).text.length < 500, pattern);
});

const text = fc.constantFrom(
  'main',
  'a/b',
  '',
  '*',
  '$default',
  '!main',
  '[',
  '{',
  'é'.repeat(300),
  '\u0001'.repeat(5000),
  '__proto__',
);
const anyEvent: fc.Arbitrary<Event> = fc
  .record({
    type: fc.constantFrom(...eventTypes),
    action: fc.option(fc.constantFrom(...patchActions, 'deleted', 'ping')),
    branch: fc.option(text),
    ref: fc.option(text),
    after: fc.option(text),
    changed: fc.option(fc.array(text, { maxLength: 5 })),
    repo: fc.option(fc.record({ forge: text, name: text, url: text, defaultBranch: fc.option(text) })),
  })
  .map(changes => pushEvent(changes));
const patterns = fc.array(text, { maxLength: 4 });
const anyCondition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition; leaf: Condition }>(tie => ({
  node: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    tie('leaf'),
    fc.record({ kind: fc.constant('all' as const), of: fc.array(tie('node'), { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('any' as const), of: fc.array(tie('node'), { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('node') }),
  ),
  leaf: fc.oneof(
    fc.record({ kind: fc.constantFrom('repo' as const, 'branch' as const, 'paths' as const), patterns }),
    fc.record({ kind: fc.constant('type' as const), oneOf: fc.subarray([...eventTypes]) }),
    fc.record({
      kind: fc.constant('action' as const),
      type: fc.option(fc.constantFrom(...eventTypes)),
      oneOf: fc.subarray([...patchActions]),
      implied: fc.boolean(),
    }),
    fc.constant({ kind: 'commit' as const }),
    fc.record({
      kind: fc.constant('expression' as const),
      source: fc.constantFrom(
        'event.branch == "main"',
        'event.patch.draft',
        'event.branch > 1',
        '!has(event.repo)',
        '((',
        '',
      ),
    }),
  ),
})).node;

test('any condition, any event: an answer, a text, and what decided is found on the way down', () => {
  fc.assert(
    fc.property(anyCondition, anyEvent, (condition, event) => {
      const explanation = holds(matchers, condition, event);
      assert.notEqual(explanation.holds, null);
      assert.doesNotThrow(() => JSON.stringify(explanation));
      check(condition, explanation);
      assert.equal(explanation.error ? 'broken' : explanation.holds, naive(condition, event));
    }),
    { numRuns: 1000 },
  );
});

/** The answer alone, by the plainest way to it. */
function naive(condition: Condition, event: Event): boolean | 'broken' {
  const globs = (
    value: string | null,
    patterns: readonly string[],
    by: Pick<Matchers, 'glob'> = matchers,
  ) => {
    if (value === null) return false;
    const wanted = patterns.filter(pattern => !pattern.startsWith('!'));
    const unwanted = patterns.filter(pattern => pattern.startsWith('!')).map(pattern => pattern.slice(1));
    const fits = (pattern: string) => by.glob(pattern, value);
    return !unwanted.some(fits) && (wanted.some(fits) || wanted.length === 0);
  };
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const answers = condition.of.map(part => naive(part, event));
      const settling = condition.kind === 'any';
      if (answers.includes(settling)) return settling;
      return answers.includes('broken') ? 'broken' : !settling;
    }
    case 'not': {
      if (condition.of.kind === 'expression')
        return naive({ kind: 'expression', source: `!(${condition.of.source})` }, event);
      const answer = naive(condition.of, event);
      return answer === 'broken' ? answer : !answer;
    }
    case 'type':
      return condition.oneOf.includes(event.type);
    case 'action':
      return condition.type !== null && condition.type !== event.type
        ? true
        : event.action !== null && condition.oneOf.includes(event.action);
    case 'repo':
      return globs(event.repo?.name ?? null, condition.patterns);
    case 'listener': {
      const own = event.repo?.name.split('/').at(-1) ?? '';
      return own !== '' && (condition.name.startsWith(own) || condition.name.endsWith(own));
    }
    case 'branch': {
      const known = event.repo?.defaultBranch ?? null;
      if (known === null && condition.patterns.includes('!$default')) return false;
      return globs(event.branch, condition.patterns, {
        glob: (pattern, text) => (pattern === '$default' ? text === known : matchers.glob(pattern, text)),
      });
    }
    case 'paths':
      return event.changed === null || event.changed.some(path => globs(path, condition.patterns));
    case 'commit':
      return event.action !== 'deleted';
    case 'call':
      return event.call?.rule === condition.rule && event.call.grounds.holds === true;
    case 'workflows':
      return (event.pipeline?.workflows.length ?? 0) > 0;
    case 'interpreter':
      return (
        event.call?.action?.kind === 'script' &&
        condition.oneOf.includes(event.call.action.script.interpreter)
      );
    case 'expression': {
      const answer = matchers.expression(condition.source, event);
      return answer.result === 'error' ? 'broken' : answer.result === 'value' && answer.holds;
    }
  }
}

/** Nobody reads more, and events are kept by the hundred thousand with what is told of them. */
const longestText = 2_000;

/** Every tree has the shape of its condition, says something, and answers as its parts make it answer. */
function check(condition: Condition, { holds: held, text, error, parts }: Explanation): void {
  assert.ok(text !== '' && text.length <= longestText, `a text of ${text.length} characters`);
  assert.ok(!error || held === false, 'what is broken does not hold');
  switch (condition.kind) {
    case 'all':
      assert.equal(
        held,
        parts.every(part => part.holds === true),
      );
      if (!held)
        assert.ok(parts.some(part => part.holds === false && part.text === text && part.error === error));
      break;
    case 'any':
      assert.equal(
        held,
        parts.some(part => part.holds === true),
      );
      if (!held) assert.ok(parts.every(part => part.holds === false));
      break;
    case 'not':
      if (condition.of.kind !== 'expression' && !error) assert.equal(held, !parts[0]?.holds);
      break;
    case 'type':
    case 'action':
    case 'repo':
    case 'listener':
    case 'branch':
    case 'paths':
    case 'commit':
      assert.deepEqual(parts, []);
      break;
    case 'expression':
    case 'call':
    case 'workflows':
    case 'interpreter':
      break;
  }
  if (condition.kind !== 'all' && condition.kind !== 'any') return;
  assert.equal(parts.length, condition.of.length);
  parts.forEach((part, n) => {
    const of = condition.of[n];
    if (of !== undefined && part.holds !== null) check(of, part);
  });
}

test('repositories of a listener: the last part of their name begins or ends its name, letter for letter', () => {
  const answer = (name: string, repo: string) =>
    holds(matchers, { kind: 'listener', name }, { ...pushEvent(), repo: { ...acmeApp, name: repo } });
  for (const [name, repo, text] of [
    ['my-repo-with-name', 'acme/my-repo', /^"my-repo" begins the name of the listener "my-repo-with-name"$/],
    ['my-repo-with-name', 'acme/name', /^"name" ends the name/],
    ['myrepo', 'group/acme/repo', /^"repo" ends the name/],
    ['api', 'evil/api', /^"api" begins the name/],
  ] as const) {
    const { holds: held, text: said } = answer(name, repo);
    assert.equal(held, true);
    assert.match(said, text);
  }
  for (const [name, repo] of [
    ['my-repo-with-name', 'acme/with'],
    ['api', 'acme/api-server'],
    ['xgithub', 'acme/.github'],
    ['c', 'acme/c++'],
    ['API', 'acme/api'],
    ['api', 'acme/'],
  ] as const)
    assert.equal(answer(name, repo).holds, false, `${name} ${repo}`);
  const none = holds(matchers, { kind: 'listener', name: 'api' }, { ...pushEvent(), repo: null });
  assert.deepEqual([none.holds, none.text], [false, 'the event has no repository']);
});
