import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { request } from '../../../test/support/hooks/made.ts';
import { busyPolicies } from '../../domain/concurrency.ts';
import { checkFile } from './check/check-file.ts';
import { type Decision, decide } from './decide.ts';
import { type Behaviour, ours, theirs } from './deviations.ts';
import { readHooks } from './file/read-hooks.ts';
import type { Hook } from './hook.ts';
import type { HookRequest } from './request/request.ts';
import { providers } from './rule/provider/providers.ts';
import { runModes } from './run-policy.ts';

/** What docs/hooks-extras.md says is so. */

const page = readFileSync(join(import.meta.dirname, '../../../docs/hooks-extras.md'), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map(text => [text.split('\n', 1).join(), text]),
);

const env = {
  HOOK_SECRET: 'new',
  HOOK_TOKEN: 'hush',
  GITHUB_WEBHOOK_SECRET: 'gh',
  GITLAB_WEBHOOK_TOKEN: 'gl',
};
const directory = mkdtempSync(join(tmpdir(), 'signalbox-hooks-docs-'));
after(() => rmSync(directory, { recursive: true }));
writeFileSync(join(directory, 'old-secret'), 'old\n');

function read(title: string, behaviour: Behaviour = ours) {
  const example = /```json\n(.*?)```/s.exec(sections.get(title) ?? '')?.[1];
  assert.ok(example !== undefined, title);
  return readHooks({ behaviour, template: null, references: { env, directory } }, Buffer.from(example));
}

function hooks(title: string): readonly Hook[] {
  const done = read(title);
  assert.equal(done.result, 'read', done.result === 'refused' ? done.message : '');
  return done.file.hooks;
}

const serving = {
  behaviour: ours,
  headers: [],
  methods: [],
  multipartMemoryBytes: 1,
  longestBodyBytes: 1000,
};
const ask = (
  title: string,
  id: string,
  given: Partial<HookRequest> & { readonly text?: string } = {},
): Decision => decide(serving, hooks(title), id, request(given));
const status = ({ answer }: Decision) => answer?.status ?? null;

describe('the examples', () => {
  for (const title of sections.keys())
    test(`${title}: nothing in it bites, and the original program takes it as the page says`, () => {
      const done = read(title);
      assert.equal(done.result, 'read', done.result === 'refused' ? done.message : '');
      const checking = { behaviour: ours, isTemplate: false, programs: null };
      const errors = checkFile(checking, done.file).filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, []);
      assert.deepEqual(done.file.unknown, []);
      const refused = title.startsWith('Secrets') ? 'refused' : 'read';
      assert.equal(read(title, theirs).result, refused);
    });

  test('there are six', () => assert.equal(sections.size, 6));
});

test('How a hook runs', () => {
  const headers = [['X-GitHub-Delivery', 'abc']] as const;
  const decision = ask('How a hook runs', 'deploy', { headers });
  assert.equal(decision.result, 'run');
  assert.equal(decision.deliveryId, 'abc');
  assert.deepEqual(decision.hook.run, {
    mode: 'output',
    syncTimeoutMs: 10_000,
    timeoutMs: 900_000,
    concurrency: { group: 'deploys', limit: 1, busy: 'queue' },
    retryLost: 1,
    keepLogsMs: 7 * 24 * 3_600_000,
    dedupeKey: { source: 'header', name: 'X-GitHub-Delivery', envname: '', base64decode: false },
  });
  const text = sections.get('How a hook runs') ?? '';
  for (const word of [...runModes, ...busyPolicies]) assert.ok(text.includes(`\`${word}\``), word);
  const rows = [...text.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(rows, Object.keys(JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? '')[0].run));
});

test('Secrets from elsewhere, and several of them', () => {
  const title = 'Secrets from elsewhere, and several of them';
  const signed = (secret: string, token: string) =>
    ask(title, 'build', {
      headers: [
        ['X-Signature', createHmac('sha256', secret).update('{}').digest('hex')],
        ['Authorization', `Bearer ${token}`],
      ],
      text: '{}',
    });
  for (const secret of ['new', 'old']) assert.equal(signed(secret, 'hush').result, 'run', secret);
  assert.equal(signed('new', 'other').result, 'answered');
  assert.equal(signed('other', 'hush').result, 'answered');
});

test('Standard input', () => {
  const decision = ask('Standard input', 'import', { text: 'a,b\n' });
  assert.equal(decision.result, 'run');
  assert.deepEqual(decision.command.stdin, Buffer.from('a,b\n'));
});

test('Addresses behind a proxy', () => {
  const from = (address: string, forwarded: string) =>
    ask('Addresses behind a proxy', 'internal', {
      peer: { address, port: 1 },
      headers: [['X-Forwarded-For', forwarded]],
    }).result;
  assert.equal(from('10.1.2.3', '203.0.113.9, 192.0.2.7'), 'run');
  assert.equal(from('10.1.2.3', '192.0.2.7, 203.0.113.9'), 'answered');
  assert.equal(from('203.0.113.9', '192.0.2.7'), 'answered');
});

test('Parameters in the path', () => {
  const runs = (id: string) => {
    const decision = ask('Parameters in the path', id);
    return decision.result === 'run' ? [decision.command.name, ...decision.command.arguments] : [];
  };
  assert.deepEqual(runs('deploy/production'), ['/usr/local/bin/deploy', 'production']);
  assert.deepEqual(runs('deploy/status'), ['/usr/local/bin/deploy-status']);
  assert.deepEqual(runs('deploy/a/b'), []);
});

test('Who sent it', () => {
  const sent = (name: string, value: string) =>
    ask('Who sent it', 'push', { headers: [[name, value]], text: '{}' });
  const signature = createHmac('sha256', 'gh').update('{}').digest('hex');
  assert.equal(sent('X-Hub-Signature-256', `sha256=${signature}`).result, 'run');
  assert.equal(sent('X-Gitlab-Token', 'gl').result, 'run');
  assert.equal(status(sent('X-Gitlab-Token', 'gh')), 401);
  const rows = [...(sections.get('Who sent it') ?? '').matchAll(/^\| `([\w-]+)` \|/gm)].map(
    ([, type]) => type,
  );
  assert.deepEqual(rows, ['type', ...providers.keys()]);
});
