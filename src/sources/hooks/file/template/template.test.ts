import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { expressions, templates } from '../../../../../test/support/hooks/templates.ts';
import type { TemplateWorld } from './functions.ts';
import { runTemplate } from './template.ts';

const files: Readonly<Record<string, string>> = { '/creds/token': 'hush\n\n', 'a.txt': 'text' };
const world = (env: TemplateWorld['env'] = {}): TemplateWorld => ({
  env,
  readFile: path => files[path] ?? null,
});

/** What a template prints, or where and why it does not. */
function printed(text: string, env?: TemplateWorld['env']): string {
  const ran = runTemplate(world(env), text);
  return ran.result === 'text' ? ran.text : `${ran.place.line}:${ran.place.column} ${ran.message}`;
}

describe('templates', () => {
  test('what a file needs of its surroundings', () => {
    assert.equal(printed('{{ getenv "A" }}|{{ getenv "B" }}', { A: 'a' }), 'a|');
    assert.equal(printed('{{ cat "a.txt" }}|{{ cat "none" }}'), 'text|');
    assert.equal(
      printed('{{ credential "token" }}|{{ credential "none" }}', { CREDENTIALS_DIRECTORY: '/creds' }),
      'hush\n|',
    );
    assert.equal(printed('{{ credential "A" }}', { A: 'a' }), 'a');
  });

  test('white space beside an action can be taken away', () => {
    assert.equal(printed('a \n {{- "b" -}} \n c'), 'abc');
    assert.equal(printed('a {{- /* x */ -}} b'), 'ab');
    assert.equal(printed('a {{/* x */}} b'), 'a  b');
  });

  test('what is wrong is told with its place', () => {
    const cases: Readonly<Record<string, RegExp>> = {
      'a\n  {{ nosuch }}': /^2:6 there is no function "nosuch"/,
      '{{ if true }}': /^1:4 "if" has no \{\{end\}\}/,
      'x {{ "open': /^1:6 ".*" cannot stand in an action/,
      'x {{ 1': /^1:3 "\{\{" is never closed/,
      '{{ $x }}': /^1:4 there is no variable \$x/,
      '{{ end }}': /^1:1 there is nothing that \{\{end\}\} could belong to/,
      '{{ getenv }}': /^1:4 getenv: an argument is missing/,
      '{{ getenv "a" "b" }}': /^1:4 getenv: too many arguments/,
      '{{ eq 1 "a" }}': /^1:4 eq: a integer cannot be compared with a text/,
      '{{ template "t" }}': /^1:1 there is no template "t"/,
      '{{ (1 }}': /^1:4 a "\)" is missing/,
      '{{ "a".X }}': /^1:4 only functions take arguments/,
      '{{ with "a" }}{{ .X }}{{ end }}': /^1:18 a text has no \.X/,
    };
    for (const [text, why] of Object.entries(cases)) assert.match(printed(text), why);
  });

  test('nothing runs without end', () => {
    assert.match(printed('{{define "r"}}{{template "r"}}{{end}}{{template "r"}}'), /without end/);
    assert.match(printed('{{range 9999999}}{{end}}{{range 9999999}}x{{end}}'), /takes too long/);
    assert.match(printed(`{{range 99999}}${'x'.repeat(1000)}{{end}}`), /more than 10 MB/);
    assert.match(printed('{{if true}}'.repeat(200)), /nested too deeply/);
    assert.match(printed(`{{${'('.repeat(200)}1${')'.repeat(200)}}}`), /nested too deeply/);
  });

  test('nothing makes it throw', () => {
    const piece = fc.constantFrom(
      ...expressions,
      ...templates,
      '{{',
      '}}',
      '{{-',
      '-}}',
      ' ',
      '|',
      '(',
      ')',
      '$x',
      ':=',
      ',',
      '"',
      '`',
      "'",
      '\\',
      '.',
      'end',
      'else',
      'range',
      '1',
      '-',
      '/*',
      '*/',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (pieces, isAction) => {
        printed(isAction ? `{{${pieces.join(' ')}}}` : pieces.join(''));
      }),
      { numRuns: 1000 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void printed(`{{${text}`)));
  });
});
