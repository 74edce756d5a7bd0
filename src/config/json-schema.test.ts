import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configJsonSchema, itemsOf, type JsonSchema, knownKeys, part } from './json-schema.ts';
import { pathText } from './problem.ts';
import { secretPlaces } from './schema.ts';

/** Every key of the configuration, with its path. */
function* keys(
  schema: JsonSchema | undefined,
  path: readonly string[] = [],
): Generator<readonly [path: readonly string[], key: JsonSchema]> {
  for (const [name, value] of Object.entries(schema?.properties ?? {})) {
    const key = part(value);
    if (key === undefined) continue;
    yield [[...path, name], key];
    yield* keys(key, [...path, name]);
    yield* keys(itemsOf(key), [...path, name]);
  }
}

test('every key says what it means and shows an example', () => {
  const all = [...keys(configJsonSchema())];
  assert.ok(all.length > 45, `looked at too little: ${all.length}`);
  for (const [path, { description, examples }] of all) {
    assert.match(description ?? '', /^[A-Z].*\.$/s, pathText(path));
    assert.ok(Array.isArray(examples) && examples.length > 0, `${pathText(path)} shows no example`);
  }
});

test('quantities name their unit and their default', () => {
  let seen = 0;
  for (const [path, key] of keys(configJsonSchema())) {
    if (key.properties !== undefined || !/\(ms\|s\|m\|h\|d\)|\[KMGT\]/.test(JSON.stringify(key.anyOf ?? [])))
      continue;
    seen += 1;
    assert.match(key.description ?? '', /\(a (duration|size)\b/, pathText(path));
    assert.ok(key.default !== undefined, `${pathText(path)} has no default`);
  }
  assert.ok(seen > 7, `looked at too little: ${seen}`);
});

test('is a schema that editors understand', () => {
  const schema = configJsonSchema();
  assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
  assert.deepEqual(schema.required, ['version']);
  assert.equal(schema.additionalProperties, false);
  assert.ok(!JSON.stringify(schema).includes('$ref'), 'nothing is hidden behind references');
});

test('the keys that may stand at a path', () => {
  assert.deepEqual(knownKeys(['sources']), [
    'github',
    'gitlab',
    'gitea',
    'hooks',
    'scripts',
    'radicle',
    'garden',
    'tangled',
    'schedule',
  ]);
  assert.ok(knownKeys(['rules', 3]).includes('branch'));
  assert.deepEqual(knownKeys(['rules', 0, 'retry']), ['lost']);
  for (const path of [['secrets'], ['nowhere', 1], ['rules', 0, 'on', 'x'], ['__proto__']])
    assert.deepEqual(knownKeys(path), []);
});

test('the places of secrets are places of the configuration', () => {
  const all = [...keys(configJsonSchema())].map(([path]) => path.join('.'));
  for (const place of secretPlaces)
    assert.ok(all.includes(place.filter(step => step !== '*').join('.')), place.join('.'));
});
