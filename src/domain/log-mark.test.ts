import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { logMark, looksLikeError } from './log-mark.ts';

const esc = '\u001b';
const clear = `\r${esc}[0K`;
const open = (title: string, folded: boolean, until: string | null) => ({
  kind: 'open',
  title,
  folded,
  until,
});

describe('the markers of a log', () => {
  test('are read in three dialects', () => {
    const table = [
      ['::group::Install', open('Install', true, 'group')],
      [`::group::${esc}[1mInstall${esc}[0m \r`, open('Install', true, 'group')],
      ['::endgroup::', { kind: 'close', until: 'group' }],
      [`section_start:1560896352:build${clear}Build it`, open('Build it', false, 'section build')],
      [`${esc}[0Ksection_start:1:a.b-c[collapsed=true]${clear}`, open('a.b-c', true, 'section a.b-c')],
      [`section_end:1560896353:build${clear}`, { kind: 'close', until: 'section build' }],
      ['--- :hammer: Build', open(':hammer: Build', true, null)],
      [`+++ ${esc}[31mTest${esc}[0m`, open('Test', false, null)],
      ['~~~ Clean up', open('Clean up', true, null)],
      ['^^^ +++', { kind: 'reopen' }],
    ] as const;
    for (const [line, expected] of table) assert.deepEqual(logMark(line), expected, line);
  });

  test('are not what only looks like them', () => {
    const lines = [
      '',
      '---',
      '--- ',
      '----- end',
      '--- a/src/app.ts',
      '+++ b/src/app.ts',
      '--- /dev/null',
      '+++ app.ts\t2026-11-21 10:00:00',
      ' ::group::x',
      ':: group',
      'section_start:now:x',
      'sections',
      '^^^',
    ];
    for (const line of lines) assert.equal(logMark(line), null, line);
  });

  test('never throw, have titles of one short line, and take no time, for any line', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('::group::', 'section_start:1:x', '[collapsed', '--- ', clear, `${esc}[`),
    );
    fc.assert(
      fc.property(fc.array(piece), pieces => {
        const line = pieces.join('');
        const mark = logMark(line);
        looksLikeError(line);
        if (mark?.kind === 'open') assert.ok(mark.title.length <= 200);
      }),
    );
    const long = `section_start:1:x[${clear.repeat(100_000)}`;
    assert.equal(logMark(long)?.kind, 'open');
  });
});

test('lines that tell what went wrong are told from those that only have the word', () => {
  for (const line of [
    '::error file=app.ts,line=3::no',
    'npm ERR! Error: Cannot find module',
    `${esc}[31mFAIL${esc}[0m test/app.test.ts`,
    'not ok 3 - adds',
    'panic: runtime error',
    'Traceback (most recent call last):',
  ])
    assert.ok(looksLikeError(line), line);
  for (const line of ['0 errors, 2 warnings', 'built without errors', 'terrors', 'fail 0', 'src/errors.ts'])
    assert.ok(!looksLikeError(line), line);
});
