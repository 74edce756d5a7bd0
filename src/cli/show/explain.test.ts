import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushEvent } from '../../../test/support/events.ts';
import type { Condition } from '../../domain/condition.ts';
import type { Rule } from '../../domain/rule.ts';
import { judge } from '../../domain/verdict.ts';
import { createMatchers } from '../../matchers/matchers.ts';
import { explainVerdicts } from './explain.ts';

const matchers = createMatchers();
const page = (columns: number) => ({ columns, colour: false });

function verdict(name: string, conditions: readonly Condition[], trust: Rule['trust'] = 'members') {
  const rule: Rule = {
    name,
    when: { kind: 'all', of: conditions },
    action: { kind: 'command', command: { shell: 'true' } },
    repo: null,
    env: {},
    secrets: [],
    pool: 'local',
    timeoutMs: 1,
    retryLost: 0,
    keepLogMs: null,
    concurrency: null,
    trust,
    isolation: 'auto',
    report: [],
    schedule: null,
  };
  return judge(matchers, rule, pushEvent());
}

const push: Condition = { kind: 'type', oneOf: ['push'] };
const branch = (...patterns: string[]): Condition => ({ kind: 'branch', patterns });
const paths = (...patterns: string[]): Condition => ({ kind: 'paths', patterns });
const expression = (source: string): Condition => ({ kind: 'expression', source });

test('each answer, its reason, its tree, with what was seen', () => {
  const verdicts = [
    { ...verdict('unit', [push, branch('main')]), runs: ['run_1'] },
    verdict('release', [push, branch('release/*'), expression('event.actor.name == "bob"')]),
    verdict('people', [push, expression('event.actor.name == "bob" || event.branch == "next"')]),
    verdict('deploy', [push], 'approval'),
  ];
  assert.equal(
    explainVerdicts(page(80), verdicts).join('\n'),
    `✓ unit  matched
  all 2 conditions hold
    ✓ the event is a push
    ✓ branch "main" matches main
  → run_1

✗ release  not matched
  branch "main" is none of release/*
    ✓ the event is a push
    ✗ branch "main" is none of release/*
    · not looked at: event.actor.name == "bob"

✗ people  not matched
  none of 2 alternatives holds: event.actor.name == "bob": it is "ann";
  event.branch == "next": it is "main"
    ✓ the event is a push
    ✗ none of 2 alternatives holds
      ✗ event.actor.name == "bob": it is "ann"
      ✗ event.branch == "next": it is "main"

‖ deploy  blocked
  the rule wants an approval for every run
    ✓ the event is a push`,
  );
});

test('a broken condition is marked as such', () => {
  const lines = explainVerdicts(page(80), [verdict('typo', [expression('event.branch.size(')])]);
  assert.match(lines[0] ?? '', /^! typo {2}error$/);
  assert.match(lines.at(-1) ?? '', /^ {4}! /);
});

test('what the sentence does not name of the values is shown below it', () => {
  const many = Array.from({ length: 12 }, (_, n) => `docs/page-${n}.md`);
  const explanation = {
    holds: false,
    text: 'no changed path matches src/**',
    seen: many,
    error: false,
    parts: [],
  };
  const lines = explainVerdicts(page(60), [
    {
      rule: 'r',
      verdict: 'not matched',
      reason: 'no changed path matches src/**',
      explanation: { ...explanation, seen: null, parts: [explanation] },
    },
  ]);
  assert.ok(
    lines.some(line => line.startsWith('      saw docs/page-0.md')),
    lines.join('\n'),
  );
  for (const line of lines) assert.ok(line.length <= 60, line);
});

test('it stays readable on a very narrow terminal', () => {
  const lines = explainVerdicts(page(40), [verdict('docs', [push, branch('main'), paths('guide/**')])]);
  for (const line of lines) assert.ok(line.length <= 40, line);
});

test('without rules there is a sentence instead of nothing', () => {
  assert.deepEqual(explainVerdicts(page(80), []), ['No rule was asked: there were none.']);
});
