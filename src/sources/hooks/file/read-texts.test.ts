import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Behaviour, ours, theirs } from '../deviations.ts';
import type { Match } from '../hook.ts';
import { readHooks } from './read-hooks.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-hooks-texts-'));
after(() => rmSync(directory, { recursive: true }));
writeFileSync(join(directory, 'key'), 'from a file\n');
const env = { KEY: 'from a variable', EMPTY: '' };

function read(match: object, behaviour: Behaviour = ours, references = { env, directory } as const) {
  const text = JSON.stringify([{ id: 'deploy', 'trigger-rule': { match } }]);
  return readHooks({ behaviour, template: null, references }, Buffer.from(text));
}

function matchOf(match: object, behaviour?: Behaviour): Match {
  const done = read(match, behaviour);
  const rule = done.result === 'read' ? done.file.hooks[0]?.rule : undefined;
  assert.equal(rule?.kind, 'match');
  return rule.match;
}

const refusal = (match: object, behaviour?: Behaviour) => {
  const done = read(match, behaviour);
  return done.result === 'refused' ? done.message : 'read';
};

describe('secrets and values', () => {
  test('one, or a list', () => {
    assert.deepEqual(matchOf({ secret: 'a' }).secrets, ['a']);
    assert.deepEqual(matchOf({ secret: ['a', 1] }).secrets, ['a', '1']);
    assert.deepEqual(matchOf({ value: ['a', 'b'] }).values, ['a', 'b']);
    assert.deepEqual(matchOf({}).secrets, ['']);
  });

  test('references are looked up, also within a text, and what they stand for is hidden', () => {
    const { values, hidden } = matchOf({ value: ['Bearer ${env:KEY}', '${file:key}', 'plain'] });
    assert.deepEqual(values, ['Bearer from a variable', 'from a file', 'plain']);
    assert.equal(hidden, true);
    assert.equal(matchOf({ value: '$KEY ${KEY} ${env:KEY' }).hidden, false);
  });

  test('a reference without a value refuses the file, and says which hook and what is missing', () => {
    const hook = 'the hook "deploy", in "secret": ';
    assert.equal(refusal({ secret: '${env:NO}' }), `${hook}the environment variable "NO" is not set`);
    assert.equal(
      refusal({ secret: ['a', '${file:no}'] }),
      `${hook}the file ${join(directory, 'no')} cannot be used: it does not exist`,
    );
    assert.equal(
      refusal({ secret: '${env:EMPTY}' }),
      `${hook}\${env:EMPTY} is empty, and nothing may be compared with that`,
    );
  });

  test('a list without a text, or with an empty one, refuses the file', () => {
    for (const secret of [[], [''], ['a', null], ['a', ['b']]])
      assert.match(refusal({ secret }), /^the hook "deploy", in "secret": the list takes one text or more/);
    assert.match(refusal({ secret: {} }), /"secret" takes a text, not an object/);
  });

  test('to the original a reference is a text like any other, and a list is none', () => {
    assert.deepEqual(matchOf({ secret: '${env:NO}', value: '${env:NO}' }, theirs), {
      ...matchOf({}),
      secrets: ['${env:NO}'],
      values: ['${env:NO}'],
    });
    assert.match(refusal({ secret: ['a'] }, theirs), /"secret" takes a text, not a list/);
  });

  test('where nothing is to be looked up, a reference stands for itself', () => {
    const text = Buffer.from('[{"trigger-rule":{"match":{"secret":"${env:NO}"}}}]');
    const done = readHooks({ behaviour: ours, template: null, references: null }, text);
    assert.equal(done.result, 'read');
    assert.deepEqual(done.file.extras, [{ path: [0, 'trigger-rule', 'match', 'secret'], kind: 'reference' }]);
  });
});
