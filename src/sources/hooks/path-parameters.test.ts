import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hook, request } from '../../../test/support/hooks/made.ts';
import { decide, hookOf } from './decide.ts';
import { ours, theirs } from './deviations.ts';
import { readHooks } from './file/read-hooks.ts';
import { parametersIn, patternOfId } from './path-parameters.ts';

const values = (id: string, asked: string) => {
  const found = parametersIn({ id, pattern: patternOfId(id) }, asked);
  return found && Object.fromEntries(found);
};

describe('parameters in a path', () => {
  const cases: readonly (readonly [id: string, asked: string, values: object | null])[] = [
    ['deploy/{env}', 'deploy/prod', { env: 'prod' }],
    ['deploy/{env}', 'deploy/{env}', { env: '{env}' }],
    ['deploy/{env}', 'deploy/', null],
    ['deploy/{env}', 'deploy/a/b', null],
    ['deploy/{env}', 'Deploy/prod', null],
    ['deploy/{env}', 'deploy', null],
    ['{org}/{repo-name}/push', 'acme/app é/push', { org: 'acme', 'repo-name': 'app é' }],
    ['{__proto__}', 'x', Object.fromEntries([['__proto__', 'x']])],
    ['plain', 'plain', {}],
    ['a{b}', 'a{b}', {}],
    ['a{b}', 'axb', null],
    ['{}/{1}', '{}/{1}', {}],
    ['{}/{1}', 'a/b', null],
  ];
  for (const [id, asked, wanted] of cases)
    test(`${id} asked as ${asked}`, () => assert.deepEqual(values(id, asked), wanted));

  test('an id always answers for itself', () => {
    const part = fc.constantFrom('{', '}', '/', 'a', '{a}');
    fc.assert(
      fc.property(
        fc.array(part).map(parts => parts.join('')),
        id => {
          assert.notEqual(values(id, id), null);
        },
      ),
    );
  });
});

describe('hooks with parameters', () => {
  const staged = hook({ id: 'deploy/{env}', 'pass-arguments-to-command': [{ source: 'path', name: 'env' }] });
  const plain = hook({ id: 'deploy/prod' });
  const other = hook({ id: '{what}/prod' });

  test('that very id wins over one with parameters, and of those the first', () => {
    const hooks = [staged, other, plain];
    assert.equal(hookOf(hooks, 'deploy/prod'), plain);
    assert.equal(hookOf(hooks, 'deploy/{env}'), staged);
    assert.equal(hookOf([other, staged], 'deploy/prod'), other);
    assert.equal(hookOf(hooks, 'x/y'), undefined);
  });

  const serving = { behaviour: ours, headers: [], methods: [], multipartMemoryBytes: 1, longestBodyBytes: 1 };

  test('the value is an argument like any other', () => {
    const decision = decide(serving, [staged], 'deploy/prod', request());
    assert.equal(decision.result, 'run');
    assert.deepEqual(decision.command.arguments, ['prod']);
    assert.equal(decision.verdict.rule, 'deploy/{env}');
  });

  test('a parameter that the id does not have is an error, as an unknown source is', () => {
    const parameter = { source: 'path', name: 'env' };
    const made = hook({ id: 'a', 'trigger-rule': { match: { type: 'value', value: 'x', parameter } } });
    const decision = decide(serving, [made], 'a', request());
    assert.equal(decision.answer?.status, 500);
    assert.equal(decision.verdict?.reason, 'path "env": the hook\'s id has no parameter {env}');
  });

  test('to the original program an id is plain text', () => {
    const file = Buffer.from('[{"id": "deploy/{env}"}]');
    const read = readHooks({ behaviour: theirs, template: null, references: null }, file);
    assert.equal(read.result, 'read');
    assert.equal(hookOf(read.file.hooks, 'deploy/prod'), undefined);
    assert.equal(hookOf(read.file.hooks, 'deploy/{env}'), read.file.hooks[0]);
  });
});
