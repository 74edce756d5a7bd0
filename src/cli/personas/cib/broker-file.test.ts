import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushEvent } from '../../../../test/support/events.ts';
import {
  alice,
  radicleFacts,
  radiclePatch,
  radiclePush,
  rid,
} from '../../../../test/support/radicle/events.ts';
import type { Event } from '../../../domain/event.ts';
import { holds } from '../../../domain/explanation.ts';
import { createMatchers } from '../../../matchers/matchers.ts';
import { readBrokerFile } from './broker-file.ts';
import { ruleNames } from './config.ts';
import { filesOf, operandsOf, readFilter } from './filter.ts';
import { readTaggedYaml } from './tagged-yaml.ts';

const matchers = createMatchers();
const allows = (filter: string, event: Event): boolean | null =>
  holds(matchers, readFilter(readTaggedYaml(filter)), event).holds;

test('every filter, with tags and as a map', () => {
  const created = radiclePush({ action: 'created', before: null });
  const topic = radiclePush({ branch: 'topic' });
  const withFile = radiclePush({ radicle: radicleFacts({ files: ['.radicle/native.yaml'] }) });
  const patch = radiclePatch();
  const cases: readonly (readonly [tagged: string, mapped: string, yes: Event, no: Event])[] = [
    [`!Repository "${rid}"`, `Repository: "${rid}"`, topic, pushEvent()],
    [
      `!Node ${alice}`,
      `{Node: ${alice}}`,
      topic,
      radiclePush({ radicle: radicleFacts({ namespace: 'z6MkBob' }) }),
    ],
    ['!Branch "topic"', 'Branch: topic', topic, radiclePatch({}, { branch: 'topic' })],
    ['!BranchCreated', 'BranchCreated', created, topic],
    ['!BranchUpdated', '"BranchUpdated"', topic, created],
    ['!DefaultBranch', 'DefaultBranch', created, topic],
    [`!Patch ${'d'.repeat(40)}`, `{"Patch": "${'d'.repeat(40)}"}`, patch, topic],
    ['!PatchUpdated', 'PatchUpdated', patch, radiclePatch({}, { action: 'created' })],
    ['!PatchCreated', 'PatchCreated', radiclePatch({}, { action: 'created' }), patch],
    ['!HasFile ".radicle/native.yaml"', '{HasFile: ".radicle/native.yaml"}', withFile, topic],
    ['!Not [!DefaultBranch]', '{Not: DefaultBranch}', topic, created],
    ['!And [!Branch topic, !BranchUpdated]', '{And: [{Branch: topic}, BranchUpdated]}', topic, created],
    ['!Or [!Branch topic, !PatchUpdated]', '{Or: [{Branch: topic}, "PatchUpdated"]}', patch, created],
  ];
  for (const [tagged, mapped, yes, no] of cases)
    for (const filter of [tagged, mapped]) {
      assert.equal(allows(filter, yes), true, filter);
      assert.equal(allows(filter, no), false, filter);
    }
  for (const [filter, expected] of [
    ['!Allow', true],
    ['!Deny', false],
    ['!And []', true],
    ['!Or []', false],
  ] as const)
    assert.equal(allows(filter, topic), expected, filter);
});

test('a filter that nobody knows is told, and what has taken the place of a former one', () => {
  assert.throws(() => readFilter('Sometimes'), /there is no filter Sometimes: there are Repository/);
  assert.throws(() => readFilter(readTaggedYaml('!AnyPatch')), /brokers before 0\.7: write PatchCreated/);
  for (const odd of ['[]', '{}', '{Branch: a, Node: b}', '1', '{Branch: [a]}', '{And: x}'])
    assert.throws(() => readFilter(readTaggedYaml(odd)), odd);
});

test('a file is asked for by the path that commits know it by', () => {
  const event = radiclePush({ radicle: radicleFacts({ files: ['.radicle/native.yaml'] }) });
  for (const path of ['./.radicle/native.yaml', '.radicle//native.yaml', 'a/../.radicle/native.yaml']) {
    assert.equal(allows(`!HasFile "${path}"`, event), true, path);
    assert.deepEqual(filesOf([{ HasFile: path }]), ['.radicle/native.yaml']);
  }
  for (const path of ['/etc/passwd', 'dir/', '../up', '.', 'two\nlines'])
    assert.throws(() => readFilter({ HasFile: path }), /takes the path of a file in the repository/, path);
});

test('a Not of several filters, or of none, is refused', () => {
  for (const odd of ['!Not [!Branch a, !Branch b]', '!Not []'])
    assert.throws(() => readFilter(readTaggedYaml(odd)), /Not takes one filter/, odd);
});

test('a filter without its text is told so', () => {
  for (const odd of ['!Branch ""', '{Branch: null}', 'Branch'])
    assert.throws(() => readFilter(readTaggedYaml(odd)), /^Error: Branch takes one text/, odd);
});

test('a node may be named by its DID', () => {
  assert.equal(allows(`!Node "did:key:${alice}"`, radiclePush()), true);
});

test('operands are found however deep they stand', () => {
  const value = readTaggedYaml('[!And [!HasFile a, !Or [!Not [!HasFile b], !Branch c]]]');
  assert.deepEqual(operandsOf('HasFile', value), ['a', 'b']);
});

const small = 'db: broker.db\nadapters: { native: { command: ci } }\n';
const read = (text: string) => readBrokerFile(text, 'broker.yaml');

test('a file in full, as distributions write it, too', () => {
  const yaml = `db: broker.db
report_dir: reports
max_run_time: 1h 30min
concurrent_adapters: 3
queue_len_interval: 1min
adapters:
  native:
    command: /usr/bin/ci
    env: { A: 1 }
    sensitive_env: { TOKEN: hush }
    config: { state: /var/ci }
    config_env: CI_CONFIG
triggers:
  - adapter: native
    filters: [!DefaultBranch]
`;
  const expected = {
    db: 'broker.db',
    reportDir: 'reports',
    adapters: {
      native: {
        command: '/usr/bin/ci',
        env: { A: '1' },
        secretEnv: { TOKEN: 'hush' },
        config: { state: '/var/ci' },
        configEnv: 'CI_CONFIG',
      },
    },
    triggers: [{ adapter: 'native', filters: ['DefaultBranch'] }],
    maxRunTimeMs: 5_400_000,
    concurrentAdapters: 3,
  };
  assert.deepEqual(read(yaml), expected);
  const json = JSON.stringify({
    db: 'broker.db',
    adapters: { native: { command: 'ci' } },
    default_adapter: 'native',
    filters: ['Allow'],
    triggers: null,
  });
  assert.deepEqual(read(json).triggers, [{ adapter: 'native', filters: ['Allow'] }]);
  assert.equal(read(json).maxRunTimeMs, 3_600_000);
  for (const [text, ms] of [
    ['90', 90_000],
    ['2 hours', 7_200_000],
    ['30min', 1_800_000],
    ['500ms', 500],
  ] as const)
    assert.equal(read(`${small}max_run_time: ${text}`).maxRunTimeMs, ms);
});

test('what is wrong with a file is told with its name', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['a: [', /failed to parse configuration file as YAML: broker\.yaml/],
    ['adapters: {}', /broker\.yaml: db: /],
    [`${small}colour: red`, /broker\.yaml: .*colour/],
    [`${small}filters: [!Allow]`, /there are filters, and no default_adapter/],
    [`${small}triggers: [{ adapter: other, filters: [] }]`, /there is no adapter "other"/],
    [`${small}max_run_time: soon`, /max_run_time: write a duration/],
  ];
  for (const [text, message] of wrong) assert.throws(() => read(text), { code: 'invalid', message });
});

test('a limit of no time, and a config that nobody would find, are refused', () => {
  assert.throws(() => read(`${small}max_run_time: 0\n`), /max_run_time: write a duration/);
  assert.throws(
    () => read('db: d\nadapters: { native: { command: ci, config: { a: 1 } } }\n'),
    /adapters\.native: there is a config, and no config_env/,
  );
});

test('aliases are read, and those without an end are refused', () => {
  const yaml = `x: &env { A: b }\ny: { env: *env }\nz: &deny !Not [!Branch main]\nw: *deny\n`;
  assert.deepEqual(readTaggedYaml(yaml), {
    x: { A: 'b' },
    y: { env: { A: 'b' } },
    z: { Not: [{ Branch: 'main' }] },
    w: { Not: [{ Branch: 'main' }] },
  });
  assert.throws(() => readTaggedYaml('a: &a [*a]'));
  const laughs = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`);
  assert.throws(() => readTaggedYaml(['a0: &a0 [x]', ...laughs].join('\n')), /too large/);
});

test('every trigger is a rule of a name of its own', () => {
  const yaml = `db: d
adapters: { a: { command: x }, a-2: { command: y } }
triggers:
  - { adapter: a, filters: [Allow] }
  - { adapter: a, filters: [Deny] }
  - { adapter: a-2, filters: [Allow] }
`;
  assert.deepEqual(ruleNames(read(yaml)), ['a', 'a-2', 'a-2-2']);
});
