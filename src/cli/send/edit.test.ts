import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Json } from '../../domain/json.ts';
import { type Edits, edit } from './edit.ts';
import { valueAt, withValueAt } from './json-path.ts';
import { readSample } from './sample.ts';

const nothing: Edits = { repoUrl: undefined, sha: undefined, branch: undefined, set: [] };
const at = (json: Json, path: string) => valueAt(json, path.split('.'));

test('a push is aimed at another repository, commit and branch', async () => {
  const { body } = await readSample('github.push');
  const edited = edit(body, {
    repoUrl: 'file:///srv/demo.git',
    sha: 'f'.repeat(40),
    branch: 'next',
    set: [],
  });
  assert.equal(at(edited, 'repository.clone_url'), 'file:///srv/demo.git');
  assert.equal(at(edited, 'after'), 'f'.repeat(40));
  assert.equal(at(edited, 'head_commit.id'), 'f'.repeat(40));
  assert.equal(at(edited, 'commits.1.id'), 'f'.repeat(40));
  assert.equal(at(edited, 'commits.0.id'), at(body, 'commits.0.id'));
  assert.equal(at(edited, 'ref'), 'refs/heads/next');
});

test('a pull request is aimed at both its sides', async () => {
  const { body } = await readSample('github.pull_request');
  const edited = edit(body, {
    repoUrl: 'file:///srv/demo.git',
    sha: 'f'.repeat(40),
    branch: 'next',
    set: [],
  });
  assert.equal(at(edited, 'pull_request.head.repo.clone_url'), 'file:///srv/demo.git');
  assert.equal(at(edited, 'pull_request.head.sha'), 'f'.repeat(40));
  assert.equal(at(edited, 'pull_request.base.ref'), 'next');
  assert.equal(at(edited, 'pull_request.head.ref'), at(body, 'pull_request.head.ref'));
});

test('of a deleted branch the commit is the one it was', async () => {
  const { body } = await readSample('github.branch_deleted');
  const edited = edit(body, { ...nothing, sha: 'f'.repeat(40) });
  assert.equal(at(edited, 'before'), 'f'.repeat(40));
  assert.equal(at(edited, 'after'), '0'.repeat(40));
});

test('what has no place in a payload is refused, not ignored', async () => {
  const { body: tag } = await readSample('github.tag');
  const { body: ping } = await readSample('github.ping');
  assert.throws(
    () => edit(tag, { ...nothing, branch: 'next' }),
    /--branch: this is a push to refs\/tags\/.*, not to a branch/,
  );
  assert.throws(() => edit(ping, { ...nothing, sha: 'f'.repeat(40) }), /--sha has no place/);
  assert.throws(() => edit(tag, { ...nothing, set: ['repo.name=x'] }), /no such place/);
  assert.throws(() => edit(tag, { ...nothing, set: ['repo'] }), /PATH=VALUE/);
});

test('--set takes JSON where it can be, else text, and has the last word', () => {
  const body = { a: { b: 1 }, list: [1, 2] };
  const set = ['a.b=true', 'a.c=some = text', 'list.1={"x":null}'];
  assert.deepEqual(edit(body, { ...nothing, set }), {
    a: { b: true, c: 'some = text' },
    list: [1, { x: null }],
  });
});

test('what is put at a path is found there, and everything else stays', () => {
  const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', '0', 'a'), fc.string({ minLength: 1 }));
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true }),
      key,
      fc.jsonValue(),
      (json, name, value) => {
        const before = structuredClone(json);
        const edited = withValueAt(json as Json, [name], value as Json);
        assert.deepEqual(valueAt(edited, [name]), value);
        assert.deepEqual(json, before);
        assert.equal(Object.getPrototypeOf({}), Object.prototype);
      },
    ),
  );
});

test('a path through what is not there leads nowhere', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.string(), { minLength: 1 }), (json, path) => {
      const seen = valueAt(json as Json, path);
      if (seen !== undefined) assert.notEqual(withValueAt(json as Json, path, 1), undefined);
    }),
  );
});
