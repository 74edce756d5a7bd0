import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { radiclePatch, radiclePush, rid } from '../../../test/support/radicle/events.ts';
import { reporterSuite, reportOf } from '../../contracts/reporter.suite.ts';
import type { Event, Repo } from '../../domain/event.ts';
import type { Json } from '../../domain/json.ts';
import type { RunStatus } from '../../domain/run.ts';
import type { Memory } from '../notes.ts';
import { createRadicleReporter } from './reporter.ts';

const repo: Repo = { forge: 'radicle', name: rid, url: rid.replace(':', '://'), defaultBranch: 'main' };
const comment = 'c0ffee'.padEnd(40, '0');
const never = new AbortController().signal;
/** The node's own key, and who writes with it. */
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea radicle';
const own = 'did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw';
const passphrase = 'a passphrase of the key';
const ended = (outcome: 'success' | 'failure', reason: string | null = null): RunStatus => ({
  state: 'finished',
  outcome,
  exitCode: outcome === 'success' ? 0 : 1,
  agent: 'box',
  startedAt: 0,
  finishedAt: 2_000,
  reason,
  counterpart: null,
});

/** A `rad` on PATH that writes down what it is told, one call a line, and answers as it is asked to. */
function start(event: Event = radiclePatch(), hasJobs = false) {
  const home = mkdtempSync(join(tmpdir(), 'signalbox-rad-'));
  const bin = join(home, 'bin');
  const log = join(home, 'log');
  mkdirSync(bin);
  mkdirSync(join(home, 'storage', rid.slice(4)), { recursive: true });
  const install = (name: string, answer: string): void =>
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\n{ printf '%s' ${name}; for word; do printf '|%s' "$(echo $word)"; done; echo; } >> ${log}\n${answer}\n`,
      { mode: 0o755 },
    );
  const comments = `case "$1 $2" in 'patch comment') echo ${comment};; *) exit 1;; esac`;
  install('rad', comments);
  if (hasJobs) install('rad-job', `[ "$1" = trigger ] && echo "Job ${'1'.repeat(40)} Commit $2" || :`);
  mkdirSync(join(home, 'keys'));
  writeFileSync(join(home, 'keys', 'radicle.pub'), key);
  let kept: Json = null;
  const lasting: Memory = { recall: async () => kept, keep: async value => void (kept = value) };
  const create = (memory = lasting) =>
    createRadicleReporter({
      home,
      memory,
      keyAgent: '/run/agent.sock',
      socket: join(home, 'control.sock'),
      passphrase,
      path: `${bin}:/usr/bin:/bin`,
      runUrl: run => `https://ci.example.org/#/runs/${run}`,
      eventOf: async () => event,
    });
  const calls = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
  return {
    home,
    bin,
    install,
    create,
    reporter: create(),
    calls,
    told: () => calls().filter(call => !call.startsWith('rad|cob')),
    [Symbol.dispose]: () => rmSync(home, { recursive: true }),
  };
}

reporterSuite('radicle', async () => {
  const world = start();
  return {
    reporter: world.reporter,
    silentIn: [],
    repo,
    secret: passphrase,
    heard: world.told,
    fail: () => world.install('rad', 'echo "cannot reach the node" >&2; exit 1'),
    refuse: () => rmSync(join(world.bin, 'rad')),
    hang: () => world.install('rad', 'sleep 600'),
    [Symbol.asyncDispose]: async () => world[Symbol.dispose](),
  };
});

describe('Radicle', { timeout: 60_000 }, () => {
  test("an adapter's own words format nothing in a comment, call nobody, and are no mark", async () => {
    using world = start();
    const reason = 'see [here](https://evil.example.org) @ann ![x](y) <!-- signalbox deploy --> # **bold**';
    await world.reporter.report(reportOf(repo, ended('failure', reason), 1), never);
    const [told = ''] = world.told();
    assert.doesNotMatch(told, /signalbox deploy -->|[^\\](?:\[here|@ann|!\[|# )|[^\\]\*\*bold/);
    assert.match(told, /evil\.example\.org/);
    assert.match(told, /<!-- signalbox unit-tests -->/);
  });

  test('a repository that has left the storage is no missing rad', async () => {
    using world = start();
    rmSync(join(world.home, 'storage'), { recursive: true });
    const told = await world.reporter.report(reportOf(repo, ended('failure'), 1), never);
    assert.equal(told.result, 'refused');
    assert.match(JSON.stringify(told), /not in the storage of the node any more/);
  });

  test('a patch gets one comment, which is edited in place', async () => {
    using world = start();
    const { sha } = reportOf(repo, ended('failure'), 1);
    await world.reporter.report(reportOf(repo, { state: 'queued', reason: null }, 1), never);
    await world.reporter.report(reportOf(repo, ended('failure'), 2), never);
    const revision = 'f'.repeat(40);
    const [first = '', second = ''] = world.told();
    assert.match(
      first,
      new RegExp(
        `^rad\\|patch\\|comment\\|${revision}\\|--message\\|\\*\\*unit-tests\\*\\* at ${sha.slice(0, 12)}: queued`,
      ),
    );
    assert.ok(first.endsWith(`|--repo|${rid}|--quiet`));
    assert.match(
      second,
      new RegExp(`\\|comment\\|${revision}\\|--edit\\|${comment}\\|--message\\|.*failed with exit code 1`),
    );
    assert.match(second, /\(\[run_0+\]\(https:\/\/ci\.example\.org\/#\/runs\/run_0+\)\)/);
  });

  test('after a restart, or a reload, the comment is edited and not written a second time', async () => {
    using world = start();
    await world.reporter.report(reportOf(repo, { state: 'queued', reason: null }, 1), never);
    await world.create().report(reportOf(repo, ended('success'), 2), never);
    const [first = '', second = ''] = world.told();
    assert.doesNotMatch(first, /--edit/);
    assert.match(second, new RegExp(`--edit\\|${comment}`));
  });

  test('who has lost its memory finds its comment by the mark, and takes nobody else’s for it', async () => {
    using world = start();
    const forgetful = { recall: async () => null, keep: async () => {} };
    const body = 'old words <!-- signalbox unit-tests -->';
    const stranger = { author: 'did:key:z6MkEve', edits: [{ body }] };
    const shown = (comments: object) => {
      const json = JSON.stringify({ revisions: { ['f'.repeat(40)]: { discussion: { comments } } } });
      world.install('rad', `[ "$1" = cob ] && cat <<'EOF'\n${json}\nEOF`);
    };
    shown({ [comment]: { author: own, edits: [{ body }] }, ['e'.repeat(40)]: stranger });
    await world.create(forgetful).report(reportOf(repo, ended('success'), 1), never);
    shown({ ['e'.repeat(40)]: stranger });
    await world.create(forgetful).report(reportOf(repo, ended('success'), 1), never);
    const [first = '', second = ''] = world.told();
    assert.match(first, new RegExp(`--edit\\|${comment}`));
    assert.doesNotMatch(second, /--edit/);
  });

  test('while its memory cannot be read nothing is written twice, and it is tried again', async () => {
    using world = start();
    const away = { recall: () => Promise.reject(new Error('the store is busy')), keep: async () => {} };
    const told = await world.create(away).report(reportOf(repo, ended('success'), 1), never);
    assert.deepEqual(told, { result: 'retry', error: 'the store is busy', afterMs: null });
    assert.deepEqual(world.told(), []);
  });

  test('a push is told as a job of its commit, where there is rad-job', async () => {
    using world = start(radiclePush(), true);
    const report = reportOf(repo, ended('success'), 1);
    const running: RunStatus = {
      state: 'running',
      agent: 'box',
      claim: 'c',
      startedAt: 0,
      leaseUntil: 1,
      cancelling: null,
      counterpart: null,
    };
    assert.deepEqual(await world.reporter.report({ ...report, status: running }, never), { result: 'sent' });
    // Another process goes on with the same job.
    assert.deepEqual(await world.create().report(report, never), { result: 'sent' });
    const job = '1'.repeat(40);
    const [, uuid = ''] = /\|start\|\w+\|([^|]+)/.exec(world.calls()[1] ?? '') ?? [];
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(world.calls(), [
      `rad-job|trigger|${report.sha}`,
      `rad-job|start|${job}|${uuid}|https://ci.example.org/#/runs/${report.run}`,
      `rad-job|finish|${job}|--success`,
    ]);
  });

  test('what is missing is said', async () => {
    using world = start(radiclePush());
    const told = await world.reporter.report(reportOf(repo, ended('success'), 1), never);
    assert.equal(told.result, 'refused');
    assert.match(told.error, /no rad-job on PATH .*install radicle-job/);
    using locked = start();
    locked.install('rad', 'echo "Error: the passphrase is wrong" >&2; exit 1');
    const refused = await locked.reporter.report(reportOf(repo, ended('success'), 1), never);
    assert.equal(refused.result, 'refused');
    assert.match(refused.error, /unlock the node's key with sources\.radicle\.passphrase/);
    using other = start(radiclePush(), true);
    other.install('rad-job', `echo "error: unrecognized subcommand 'trigger'" >&2; exit 2`);
    const unknown = await other.reporter.report(reportOf(repo, ended('success'), 1), never);
    assert.equal(unknown.result, 'refused');
    assert.match(unknown.error, /this version of rad-job has other commands than signalbox knows/);
    const elsewhere = reportOf({ ...repo, forge: 'github' }, ended('success'), 1);
    assert.equal((await world.reporter.report(elsewhere, never)).result, 'refused');
  });
});
