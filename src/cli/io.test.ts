import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { safeJson, wantsColour } from './io.ts';

test('colour: the command line, then the environment, then the terminal', () => {
  const cases: [argv: string[], env: Record<string, string>, isTTY: boolean, expected: boolean][] = [
    [[], {}, true, true],
    [[], {}, false, false],
    [[], { TERM: 'dumb' }, true, false],
    [[], { NO_COLOR: '1' }, true, false],
    [[], { NO_COLOR: '' }, true, true],
    [[], { FORCE_COLOR: '1' }, false, true],
    [[], { FORCE_COLOR: '0' }, true, false],
    [[], { CLICOLOR_FORCE: '1' }, false, true],
    [[], { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [['--no-color'], { FORCE_COLOR: '1' }, true, false],
  ];
  for (const [argv, env, isTTY, expected] of cases)
    assert.equal(wantsColour(argv, env, isTTY), expected, JSON.stringify({ argv, env, isTTY }));
});

test('safe JSON is the same value, and harmless on a screen', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), value => {
      const safe = safeJson(JSON.stringify(value, null, 2));
      assert.deepEqual(JSON.parse(safe), JSON.parse(JSON.stringify(value)));
      assert.doesNotMatch(safe.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
