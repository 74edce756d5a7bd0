import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readFunctions } from './functions.ts';

const answer = (name: string, ...objects: readonly unknown[]) =>
  JSON.stringify({ moduleSource: { asModule: { name, objects } } });
const object = (name: string, ...functions: readonly unknown[]) => ({ asObject: { name, functions } });

test('the functions are those of the main object, with the words of their defaults', () => {
  const args = [
    { name: 'src', defaultValue: null, typeDef: { kind: 'OBJECT_KIND' } },
    { name: 'filter', defaultValue: '"synchronize, closed"', typeDef: { kind: 'STRING_KIND' } },
    { name: 'onChanges', defaultValue: '["**/*.go,go.mod","*.yaml"]', typeDef: { kind: 'LIST_KIND' } },
    { name: 'count', defaultValue: '3', typeDef: { kind: 'INTEGER_KIND' } },
    { name: 'plain', defaultValue: 'no json' },
    { name: 'empty', defaultValue: '""' },
  ];
  const functions = readFunctions(
    answer(
      'my-ci',
      { asObject: null },
      object('MyCiTest', { name: 'other' }),
      object('MyCi', { name: 'onGithub', args }, { name: 'bare', args: null }),
    ),
  );
  assert.deepEqual(functions, [
    {
      name: 'onGithub',
      args: [
        { name: 'src', isList: false, words: null },
        { name: 'filter', isList: false, words: ['synchronize', 'closed'] },
        { name: 'onChanges', isList: true, words: ['**/*.go', 'go.mod', '*.yaml'] },
        { name: 'count', isList: false, words: null },
        { name: 'plain', isList: false, words: ['no json'] },
        { name: 'empty', isList: false, words: null },
      ],
    },
    { name: 'bare', args: [] },
  ]);
});

test('a function whose name could be taken for a flag is none', () => {
  const names = ['--output=/x', '_o', '', 'a b', 'fine'].map(name => ({ name }));
  assert.deepEqual(
    readFunctions(answer('ci', object('Ci', ...names)))?.map(({ name }) => name),
    ['fine'],
  );
});

test('what is no answer is told from a module without functions', () => {
  assert.deepEqual(readFunctions(answer('ci')), []);
  for (const text of ['', 'null', '{}', '{"moduleSource":{}}', 'Full trace at https://dagger.cloud/x'])
    assert.equal(readFunctions(text), null, text);
});

test('no answer makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => {
      readFunctions(text);
    }),
  );
  fc.assert(
    fc.property(fc.anything(), value => {
      readFunctions(answer('ci', object('Ci', { name: 'a', args: [{ name: 'b', defaultValue: value }] })));
    }),
  );
});
