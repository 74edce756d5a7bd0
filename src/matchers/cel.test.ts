import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { patchEvent, pushEvent, tagEvent } from '../../test/support/events.ts';
import { createExpressions } from './cel.ts';

const cel = createExpressions();
const push = pushEvent();

/** What an expression gives for an event, in one line. */
function told(source: string, event = push): string {
  const result = cel.evaluate(source, event);
  return result.result === 'value' ? `${result.holds}: ${result.text}` : `${result.result}: ${result.text}`;
}

test('an expression says what it saw', () => {
  const table: readonly (readonly [source: string, told: string])[] = [
    ['event.actor.name != "renovate"', 'true: event.actor.name != "renovate": it is "ann"'],
    ['event.actor.name == "renovate"', 'false: event.actor.name == "renovate": it is "ann"'],
    ['event.branch in ["dev", "next"]', 'false: event.branch in ["dev", "next"]: it is "main"'],
    ['event["branch"] == "main"', 'true: event["branch"] == "main": it is "main"'],
    [
      'event.branch == event.repo.defaultBranch',
      'true: event.branch == event.repo.defaultBranch: event.branch is "main", event.repo.defaultBranch is "main"',
    ],
    [
      'event.commits[0].message.startsWith("wip")',
      'false: event.commits[0].message.startsWith("wip"): it is "Fix the signal"',
    ],
    [
      'event.commits.exists(c, c.message.contains("lamps"))',
      'true: event.commits.exists(c, c.message.contains("lamps")): it is a list of 2',
    ],
    [
      'event.changed.all(p, p.startsWith("docs/"))',
      'false: event.changed.all(p, p.startsWith("docs/")): it is ["src/signal.ts", "docs/signal.md"]',
    ],
    ['size(event.commits) + 1 > 2', 'true: size(event.commits) + 1 > 2: it is a list of 2'],
    ['has(event.patch)', 'false: has(event.patch): it is missing'],
    ['!has(event.patch)', 'true: !has(event.patch): it is missing'],
    ['has(event.repo)', 'true: has(event.repo): it is there'],
    [
      'timestamp(event.receivedAt).getFullYear() == 2026',
      'true: timestamp(event.receivedAt).getFullYear() == 2026: it is "2026-11-20T12:30:00.000Z"',
    ],
    ['1 == 2', 'false: 1 == 2: it is false'],
    ['event.branch', 'error: event.branch: it gives "main", not true or false'],
    ['size(event.commits)', 'error: size(event.commits): it gives 2, not true or false'],
    ['event.branch > 3', 'error: event.branch > 3: > cannot be applied to (string, int)'],
  ];
  for (const [source, expected] of table) assert.equal(told(source), expected);
});

test('an expression is explained by its parts, and the one that decided speaks for it', () => {
  const result = cel.evaluate(
    'event.branch == "main" && !(event.type == "tag" || event.action == "updated")',
    push,
  );
  assert.deepEqual(result, {
    result: 'value',
    holds: false,
    text: 'not: event.action == "updated": it is "updated"',
    parts: [
      { result: 'value', holds: true, text: 'event.branch == "main": it is "main"', parts: [] },
      {
        result: 'value',
        holds: false,
        text: 'not: event.action == "updated": it is "updated"',
        parts: [
          {
            result: 'value',
            holds: true,
            text: 'event.action == "updated": it is "updated"',
            parts: [
              { result: 'value', holds: false, text: 'event.type == "tag": it is "push"', parts: [] },
              { result: 'value', holds: true, text: 'event.action == "updated": it is "updated"', parts: [] },
            ],
          },
        ],
      },
    ],
  });
  assert.equal(
    told('event.branch == "a" || event.branch == "b"'),
    'false: none of 2 alternatives holds: event.branch == "a": it is "main"; event.branch == "b": it is "main"',
  );
  assert.equal(
    told('event.branch == "main" && event.type == "push"'),
    'true: all 2 parts of the expression hold',
  );
});

test('A28: what is missing does not hold, whatever is asked of it, and "not" does not turn it round', () => {
  const table: readonly (readonly [source: string, missing: string])[] = [
    ['event.patch.title == "x"', 'event.patch'],
    ['event.patch.title != "x"', 'event.patch'],
    ['!(event.patch.title == "x")', 'event.patch'],
    ['!(event.patch.title == "x" || event.patch.draft)', 'event.patch'],
    ['event.patch.title.matches("x")', 'event.patch'],
    ['!event.patch.title.matches("x")', 'event.patch'],
    ['event.patch.title in ["x"]', 'event.patch'],
    ['event.nothing', 'event.nothing'],
    ['event.nothing == null', 'event.nothing'],
    ['event.commits[9].sha == "x"', 'event.commits[9]'],
    ['event.commits.exists(c, c.nothing == "x")', '"nothing"'],
    ['has(event.nothing.at_all)', 'event.nothing'],
    ['event.replayOf', 'event.replayOf'],
  ];
  for (const [source, missing] of table) {
    const result = cel.evaluate(source, push);
    assert.equal(result.result, 'missing', source);
    assert.ok(result.text.endsWith(`: ${missing} is missing`), result.text);
  }
  // A field that is null can be compared, and asked for more it is missing.
  assert.equal(told('event.branch == null', tagEvent()), 'true: event.branch == null: it is null');
  assert.equal(told('event.branch != "main"', tagEvent()), 'true: event.branch != "main": it is null');
  assert.equal(
    told('event.branch.startsWith("v")', tagEvent()),
    'missing: event.branch.startsWith("v"): event.branch is missing',
  );
  assert.equal(
    told('event.changed.exists(p, p == "x")', tagEvent()),
    'missing: event.changed.exists(p, p == "x"): event.changed is missing',
  );
  // What is asked with has() is never missing, and one part that settles it is enough.
  assert.equal(
    told('has(event.patch.title) && event.patch.draft'),
    'false: has(event.patch.title): it is missing',
  );
  assert.equal(told('!has(event.patch) || event.patch.draft'), 'true: !has(event.patch): it is missing');
  assert.equal(
    told('has(event.patch.title) && !event.patch.draft', patchEvent()),
    'true: all 2 parts of the expression hold',
  );
});

test('A29: a regular expression takes linear time; what would not is refused when it is read', () => {
  const event = pushEvent({ branch: `${'a'.repeat(100_000)}!` });
  const result = cel.evaluate('event.branch.matches("^(a+)+$")', event);
  // On a slow machine even linear may be too long: then the budget ends it.
  if (result.result === 'value') assert.equal(result.holds, false);
  else assert.match(result.text, /its budget of 50 ms was used up/);
  for (const pattern of ['(a)\\\\1', '(?=a)', '(?<!a)b', '(', 'a{2000}'])
    assert.match(
      cel.check(`event.branch.matches("${pattern}")`)?.message ?? '',
      /^the regular expression cannot be used: .*RE2/,
      pattern,
    );
});

test('A31: a loop in a loop in a loop is stopped, and the next evaluation is as if nothing had been', () => {
  const event = pushEvent({ changed: Array.from({ length: 1000 }, (_, n) => `file-${n}`) });
  const cubic = 'event.changed.exists(a, event.changed.exists(b, event.changed.exists(c, a + b + c == "")))';
  for (let time = 0; time < 3; time += 1) {
    assert.equal(told(cubic, event), `error: ${cubic}: stopped, its budget of 50 ms was used up`);
    // A short list: the budget is time, and on a busy machine that passes while nobody evaluates.
    assert.match(told('event.changed.exists(p, p == "file")', pushEvent({ changed: ['file'] })), /^true: /);
    assert.equal(told('event.branch == "main"', event), 'true: event.branch == "main": it is "main"');
  }
});

test('A32: what is too long or nested too deep is refused when it is read', () => {
  const levels = 200;
  const cases: readonly (readonly [source: string, message: RegExp])[] = [
    [`event.branch == "${'x'.repeat(4096)}"`, /longer than 4096 characters/],
    ['('.repeat(4000), /nested deeper than 64 levels/],
    [`${'['.repeat(levels)}1${']'.repeat(levels)} == 1`, /nested deeper than 64 levels/],
    [`event${'.a'.repeat(levels)} == 1`, /nested deeper than 64 levels/],
    [`1${' + 1'.repeat(levels)} == 1`, /nested deeper than 64 levels/],
  ];
  for (const [source, message] of cases) {
    assert.match(cel.check(source)?.message ?? '', message);
    assert.equal(cel.evaluate(source, push).result, 'error');
  }
  assert.equal(
    cel.check(Array.from({ length: 100 }, (_, n) => `event.branch != "b${n}"`).join(' && ')),
    null,
  );
});

test('what is wrong with an expression is told with its place', () => {
  const cases: readonly (readonly [source: string, offset: number, message: RegExp])[] = [
    ['', 0, /ends too early/],
    ['event.branch = "main"', 13, /unexpected "=": to compare, write ==/],
    ['event.branch == "main', 13, /what follows == cannot be read/],
    ['event.branch == "main")', 22, /unexpected "\)"/],
    ['evnt.branch == "main"', 0, /there is no "evnt": an expression looks at event/],
    ['event.branch == branch', 16, /there is no "branch"/],
    ['event.branch.strtsWith("a")', 12, /no function strtsWith\(\); did you mean startsWith\(\)\?/],
    ['event.type == "push" &&\n  evnt.x', 26, /there is no "evnt"/],
  ];
  for (const [source, offset, message] of cases) {
    const flaw = cel.check(source);
    assert.match(flaw?.message ?? '', message, source);
    assert.equal(flaw?.offset, offset, source);
    assert.equal(cel.evaluate(source, push).result, 'error');
  }
  assert.equal(cel.check('event.commits.all(c, c.sha != "")'), null);
});

test('A34: deciding by what anyone can write, or by fields that no event has, is advised against', () => {
  const advice = (source: string) => cel.advise(source).map(flaw => flaw.message);
  assert.match(
    advice('event.commits.all(c, c.author == "ann")').join(),
    /anyone can write any author into a commit/,
  );
  assert.match(advice('event.commits[0].author == "ann"').join(), /anyone can write any author/);
  assert.deepEqual(advice('event.patch.author.name == "ann" && event.actor.name == "ann"'), []);
  assert.deepEqual(advice('event.actor.nam == "ann"'), [
    'no event.actor has a "nam"; did you mean event.actor.name?',
  ]);
  assert.match(
    advice('event.payload.x == 1').join(),
    /^no event has a "payload"; there are id, source, type/,
  );
  assert.deepEqual(
    advice('event.repo.forge == "github" && event.patch.from.branch == "x" && event.changed[0] == "y"'),
    [],
  );
});

test('values in explanations are cut, and what looks like a credential is masked', () => {
  const long = told('event.branch == "x"', pushEvent({ branch: 'b'.repeat(5000) }));
  assert.ok(long.length < 200, long);
  const token = `ghp_${'0aB'.repeat(12)}`;
  const secret = told(
    `event.commits[0].message == "${token}"`,
    pushEvent({ commits: [{ sha: '', message: `oops ${token}`, author: '' }] }),
  );
  assert.equal(secret, 'false: event.commits[0].message == "***": it is "oops ***"');
});

test('any text for an expression, any event: a result, never an exception', () => {
  const words =
    'event event.branch event.patch.title event.commits c "a" 1 null true ( ) [0] . , == != && || ! ? : + < in';
  const calls = 'has( .exists(c, .matches( size( { }';
  const word = fc.constantFrom(...words.split(' '), ...calls.split(' '), '\n');
  const source = fc.oneof(
    fc.array(word, { maxLength: 12 }).map(words => words.join(' ')),
    fc.string(),
  );
  fc.assert(
    fc.property(source, fc.constantFrom(push, tagEvent(), patchEvent()), (source, event) => {
      const result = cel.evaluate(source, event);
      assert.ok(['value', 'missing', 'error'].includes(result.result));
      if (cel.check(source) !== null) assert.equal(result.result, 'error');
    }),
    { numRuns: 500 },
  );
});
