import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { indentFlow } from './indent-flow.ts';

/** With what was put in as one `→`. */
const shown = (text: string) => indentFlow(text).text.replaceAll(' '.repeat(200), '→');

describe('lines within brackets and quotes', () => {
  const cases: readonly (readonly [text: string, indented: string])[] = [
    ['- a: {\n"b": [\n1]\n}\nc: d', '- a: {\n→"b": [\n→1]\n→}\nc: d'],
    ['- "a\nb"\n- c', '- "a\n→b"\n- c'],
    ["- 'it''s\nb'\nc: d", "- 'it''s\n→b'\nc: d"],
    ['- "\\"\n{"\n- c', '- "\\"\n→{"\n- c'],
    ["- it's {\n- a[\nb: c", "- it's {\n- a[\nb: c"],
    ['- a # {\nb: {} # [\nc: d', '- a # {\nb: {} # [\nc: d'],
    ['- &x {\na: b}\n', '- &x {\n→a: b}\n'],
    ['- a: |\n    {\n\n    [\n  b: [\n1]', '- a: |\n    {\n\n    [\n  b: [\n→1]'],
    ['- >\n  {\n- [\n1]', '- >\n  {\n- [\n→1]'],
  ];
  for (const [text, indented] of cases) test(JSON.stringify(text), () => assert.equal(shown(text), indented));

  test('every place is found again', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', '"', "'", '\n', '\\', '- ', 'a: ', '#', ' ', '|', 'x');
    fc.assert(
      fc.property(fc.array(piece), pieces => {
        const text = pieces.join('');
        const edited = indentFlow(text);
        let at = 0;
        for (let before = 0; before < text.length; before += 1) {
          while (edited.text[at] !== text[before] || edited.back(at) !== before) {
            assert.equal(edited.text[at], ' ');
            at += 1;
          }
          at += 1;
        }
      }),
    );
  });
});
