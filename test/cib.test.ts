import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { type Persona, persona, startPersona } from './support/persona.ts';
import { startFakeNode } from './support/radicle/fake-node.ts';
import { createRadicleHome } from './support/radicle/home.ts';
import { createPerson } from './support/radicle/person.ts';
import { until } from './support/server.ts';

/** `signalbox as cib`, the real program, with a node, a broker's file and an adapter. */

const [ann, eve] = [createPerson('ann'), createPerson('eve')];
const options = { timeout: 120_000 };
const adapter = `#!/bin/sh
echo "$OTHER $TOKEN" >&2
ls broker.yaml >&2
ls "$RAD_HOME" >&2
echo '{"response":"triggered","run_id":{"id":"<r&1>"},"info_url":"https://ci.example.org/1"}'
echo '{"response":"finished","result":"failure"}'
exit 1
`;
const broker = `db: broker.db
report_dir: reports
adapters:
  native:
    command: ./adapter
    env: { OTHER: other }
    sensitive_env: { TOKEN: hush-hush-hush }
triggers:
  - adapter: native
    filters:
      - !And [!HasFile ".radicle/native.yaml", !Or [!DefaultBranch, !PatchCreated]]
`;

async function open() {
  const home = createRadicleHome();
  const repository = home.createRepository({ delegates: [ann], name: 'heart<wood>' });
  const secret = home.createRepository({ delegates: [ann], isPrivate: true });
  const first = repository.commit(null, 'First', { '.radicle/native.yaml': 'shell: make' });
  const other = secret.commit(null, 'First', { '.radicle/native.yaml': 'shell: make' });
  // They are there before anybody looks.
  repository.push(ann, 'refs/heads/former', first);
  secret.push(ann, 'refs/heads/former', other);
  const env = { RAD_HOME: home.directory };
  const files = { 'broker.yaml': broker, adapter };
  return { home, repository, secret, first, other, env, files };
}

const runs = async (cib: Persona) =>
  (await cib.api<{ readonly items: readonly RunDetailJson[] }>('/api/runs')).items;
const watches = async (cib: Persona) => {
  const { sources } = await cib.api<{
    readonly sources: readonly {
      readonly name: string;
      readonly catchUp: { readonly lastAt: string | null };
    }[];
  }>('/api/health');
  return sources.some(({ name, catchUp }) => name === 'radicle' && catchUp.lastAt !== null);
};
const text = (cib: Persona, name: string): string => {
  const file = join(cib.directory, 'reports', name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

test('takes the place of the broker: its file, its filters, its adapters, its reports', options, async () => {
  const { home, repository, secret, first, other, env, files } = await open();
  using _home = home;
  await using node = await startFakeNode(home.socket);
  // The adapter has to be a program before it is called.
  await using cib = await startPersona(['cib', '--config', 'broker.yaml'], files, env);
  chmodSync(join(cib.directory, 'adapter'), 0o755);
  await node.subscribed();
  await until(() => watches(cib), 'the first look');
  repository.push(eve, 'refs/heads/main', first); // a stranger: the filters allow it
  repository.push(eve, 'refs/heads/topic', first); // not the default branch
  repository.push(ann, 'refs/heads/main', repository.commit(null, 'Bare')); // without the file
  secret.push(ann, 'refs/heads/main', other);
  for (const { rid } of [repository, secret])
    node.tell({ type: 'refsFetched', rid, remote: ann.nid, updated: [] });
  await until(
    async () => (await runs(cib)).filter(({ state }) => state === 'finished').length === 2,
    'two runs',
  );
  const run = (await runs(cib)).find(({ repo }) => repo?.name === repository.rid);
  assert.ok(run);
  assert.equal(run.outcome, 'failure');
  assert.deepEqual(run.adapter, { runId: '<r&1>', infoUrl: 'https://ci.example.org/1' });
  const log = await (
    await fetch(`${cib.admin}/api/runs/${run.id}/log`, {
      headers: {
        authorization: `Bearer ${readFileSync(join(cib.directory, 'data', 'admin-token'), 'utf8').trim()}`,
        accept: 'text/plain',
      },
    })
  ).text();
  assert.match(log, /^other \*\*\*$/m);
  assert.match(log, /^storage$/m);
  // It starts where the broker did: files that its users have written relative to that are there.
  assert.match(log, /^broker\.yaml$/m);

  const id = repository.rid.slice(4);
  await until(() => text(cib, `${id}.html`).includes('failure'), 'the reports');
  const status = JSON.parse(text(cib, 'status.json'));
  assert.equal(status.event_queue_length, 0);
  assert.equal(status.latest_ci_run.adapter_run_id.id, '<r&1>');
  const index = text(cib, 'index.html');
  assert.ok(index.includes('heart&#60;wood&#62;') && !index.includes('<wood>'));
  assert.ok(!index.includes(secret.rid.slice(4)) && !text(cib, `${secret.rid.slice(4)}.html`));
  assert.deepEqual(status.latest_ci_run.whence, {
    Branch: { name: 'main', commit: first, who: eve.did },
  });
  assert.match(status.latest_ci_run.timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
  assert.match(Object.keys(status.latest_broker_event.V1).join(), /^Branch(?:Created|Updated)$/);
  assert.match(text(cib, 'failed.rss'), /<item>/);
  assert.doesNotMatch(text(cib, 'unfinished.rss'), /<item>/);
  assert.match(text(cib, 'index.rss'), /<link>https:\/\/ci\.example\.org\/1<\/link>/);
});

test('insert stores what comes, and queued runs it: each ends by itself', options, async () => {
  const { home, repository, first, env, files } = await open();
  using _home = home;
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-cib-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(directory, name), content, { mode: 0o755 });
    }
    const call = (command: string) =>
      persona(
        ['cib', '--config', 'broker.yaml', '--data', 'data', '--admin-port', '0', command],
        env,
        directory,
      );
    const ends = async (command: string): Promise<void> => {
      const { code, stderr } = await call(command);
      assert.equal(code, 0, stderr);
    };
    await ends('insert'); // there is no node: it has seen what there is, and ends
    repository.push(ann, 'refs/heads/main', first);
    await ends('insert');
    await ends('queued');
    const status = JSON.parse(readFileSync(join(directory, 'reports', 'status.json'), 'utf8'));
    assert.equal(status.latest_ci_run.result, 'failure');
    assert.equal(status.broker_event_counter, 1);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('shows its configuration, without secrets, and says what is wrong with one', options, async () => {
  const { home, env, files } = await open();
  using _home = home;
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-cib-'));
  try {
    writeFileSync(join(directory, 'broker.yaml'), files['broker.yaml']);
    const shown = await persona(
      ['cib', '--config', 'broker.yaml', '--output', 'out.json', 'config'],
      env,
      directory,
    );
    assert.equal(shown.code, 0, shown.stderr);
    const out = readFileSync(join(directory, 'out.json'), 'utf8');
    assert.ok(!out.includes('hush'));
    assert.deepEqual(JSON.parse(out).adapters.native.sensitive_env, { TOKEN: '***' });
    // It is a configuration that says the same.
    writeFileSync(join(directory, 'again.yaml'), out);
    const again = ['cib', '--config', 'again.yaml', '--output', 'again.json', 'config'];
    assert.equal((await persona(again, env, directory)).code, 0);
    assert.equal(readFileSync(join(directory, 'again.json'), 'utf8'), out);
    const missing = await persona(['cib', '--config', 'none.yaml'], env, directory);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /failed to read configuration file: none\.yaml/);
    writeFileSync(join(directory, 'broken.yaml'), 'a: [');
    const broken = await persona(['cib', '--config', 'broken.yaml'], env, directory);
    assert.match(broken.stderr, /failed to parse configuration file as YAML: broken\.yaml/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
