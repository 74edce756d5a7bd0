import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commandsWith, plainIsolation } from '../../../test/support/command-executor.ts';
import { type DaggerCheckout, openDaggerCheckout } from '../../../test/support/dagger-checkout.ts';
import { patchEvent, pushEvent } from '../../../test/support/events.ts';
import { createRepository, type File } from '../../../test/support/git-repository.ts';
import type { ExecutionContext } from '../../contracts/executor.ts';
import { eventJson } from '../../domain/event-json.ts';
import { type Trigger, triggerOf } from '../../domain/trigger.ts';

const byName = (module: string | null = null) =>
  ({ kind: 'dagger', dagger: { mode: 'pocketci', module } }) as const;

const payload = { ref: 'refs/heads/main', note: 'as it was sent' };
const pushed = triggerOf(pushEvent({ changed: ['src/a.go', 'a;b'] }), Buffer.from(JSON.stringify(payload)));

interface Written {
  readonly [name: string]: Readonly<Record<string, string | null>>;
}

/** Lets the stub say that the module has these functions: their arguments with defaults, beside the usual two. */
const describeModule = ({ dagger }: DaggerCheckout, functions: Written): void =>
  dagger.answer('query', { stdout: moduleAnswer(functions) });

function moduleAnswer(functions: Written): string {
  const objects = [
    {
      asObject: {
        name: 'Ci',
        functions: Object.entries(functions).map(([name, args]) => ({
          name,
          args: Object.entries({ src: null, eventTrigger: null, ...args }).map(([name, words]) => ({
            name,
            defaultValue: words === null ? null : JSON.stringify(words),
            typeDef: { kind: name === 'onChanges' ? 'LIST_KIND' : 'STRING_KIND' },
          })),
        })),
      },
    },
  ];
  return JSON.stringify({ moduleSource: { asModule: { name: 'ci', objects } } });
}

/** Another stub, within the attempt's own directory, which is all that isolated jobs see of /tmp. Returns its PATH. */
async function stubOfShell(world: DaggerCheckout, functions: Written, line: string): Promise<string> {
  const home = join(world.directory, '..');
  await writeFile(join(home, 'answer'), moduleAnswer(functions));
  const stub = `#!/bin/sh -e\n[ $1 = call ] || exec cat ${home}/answer\n${line}\n`;
  await writeFile(join(home, 'dagger'), stub, { mode: 0o755 });
  return `${home}:/usr/bin:/bin`;
}

const run = (world: DaggerCheckout, trigger: Trigger, changes: Partial<ExecutionContext> = {}) =>
  world.run(byName(), { trigger, ...changes });

/** The names of the functions that were called, without those that begin every call. */
const called = ({ dagger }: DaggerCheckout) =>
  dagger
    .calls()
    .filter(({ argv }) => argv[0] === 'call')
    .map(({ argv }) => argv.slice(5).filter(flag => !flag.startsWith('--event-trigger=')));

const isolation = await plainIsolation.tried;
const needsIsolation =
  isolation.result === 'usable' ? {} : { skip: `this machine cannot isolate: ${isolation.reason}` };

describe('functions that answer by their names', { timeout: 60_000 }, () => {
  test('are asked for, and called with the event', async () => {
    await using world = await openDaggerCheckout({ DOCKER_HOST: 'unix:///docker' });
    describeModule(world, { onGithubPush: { filter: null, onChanges: '**/*.go' }, other: {} });
    world.dagger.answer('on-github-push', { stdout: 'tested\n' });
    const ending = await run(world, pushed);
    assert.deepEqual(ending, { outcome: 'success', exitCode: 0, reason: null });
    assert.equal(world.output.stdout, 'tested\n');
    assert.equal(world.output.system, 'not isolated: it may do what signalbox itself may\n');

    const [query, call, ...others] = world.dagger.calls();
    assert.deepEqual(others, []);
    assert.deepEqual(query?.argv.slice(0, 5), ['query', '-m', './ci', '--progress', 'plain']);
    assert.deepEqual(query?.argv.slice(-2), ['--var-json', '{"module":"./ci"}']);
    assert.match(query?.files['--doc'] ?? '', /moduleSource\(refString: \$module\)/);

    const home = join(world.directory, '..');
    const [event, raw] = [join(home, 'event-trigger.json'), join(home, 'payload.json')];
    assert.deepEqual(call?.argv, [
      'call',
      '-m',
      './ci',
      '--progress',
      'plain',
      'on-github-push',
      '--filter=main',
      '--on-changes=src/a.go',
      '--on-changes=a;b',
      '--src=.',
      `--event-trigger=${event}`,
    ]);
    assert.equal(call?.cwd, world.directory);
    assert.deepEqual(JSON.parse(call?.files['--event-trigger'] ?? ''), {
      repository_name: 'acme/app',
      payload,
      vendor: 'github',
      event_type: 'push',
      filter: 'main',
      event: JSON.parse(JSON.stringify(eventJson(pushed.event))),
    });
    assert.deepEqual(JSON.parse(await readFile(raw, 'utf8')), payload);
    assert.deepEqual(call?.env, {
      ...world.env,
      DOCKER_HOST: 'unix:///docker',
      CI: 'pocketci',
      GITHUB_ACTIONS: 'true',
      GITHUB_SHA: 'a'.repeat(40),
      GITHUB_REF: 'refs/heads/main',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_EVENT_PATH: raw,
    });
  });

  test('of a pull request: its action, and the ref of its merge', async () => {
    await using world = await openDaggerCheckout();
    describeModule(world, { onGithubPullRequestOpened: {} });
    const trigger = triggerOf(patchEvent(), Buffer.from('{"action":"opened"}'));
    assert.equal((await world.run(byName('./other'), { trigger })).outcome, 'success');
    const call = world.dagger.calls().at(-1);
    assert.equal(call?.argv[2], './other');
    assert.equal(call?.env['GITHUB_REF'], 'refs/pull/7/merge');
    assert.equal(call?.env['GITHUB_EVENT_NAME'], 'pull_request');
  });

  test('run two at a time, all of them, also when one fails', async () => {
    await using world = await openDaggerCheckout();
    describeModule(world, { aDispatch: all, bDispatch: all, cDispatch: all, dDispatch: all });
    // None of the first two ends before the other has begun, and the second one not before the first has ended.
    // What a job leaves is looked for among all processes once it has taken 100 ms: the others must survive that.
    world.dagger.answer('a-dispatch', { waitFor: 2, takesMs: 150, stdout: 'one\ntwo', exitCode: 3 });
    world.dagger.answer('b-dispatch', { waitFor: 3, stderr: 'three\n' });
    world.dagger.answer('d-dispatch', { exitCode: 4 });
    assert.deepEqual(await run(world, pushed), {
      outcome: 'failure',
      exitCode: 3,
      reason: 'aDispatch: exit code 3; dDispatch: exit code 4',
    });
    const calls = world.dagger.calls().filter(({ argv }) => argv[0] === 'call');
    assert.deepEqual(calls.map(({ argv }) => argv[5] ?? '').sort(), [
      'a-dispatch',
      'b-dispatch',
      'c-dispatch',
      'd-dispatch',
    ]);
    for (const { began } of calls) {
      const atThatTime = calls.filter(other => other.began <= began && (other.ended ?? Infinity) > began);
      assert.ok(atThatTime.length <= 2, `${atThatTime.length} at a time`);
    }
    assert.deepEqual(world.output.stdout.split('\n'), ['aDispatch | one', 'aDispatch | two', '']);
    assert.equal(world.output.stderr, 'bDispatch | three\n');
  });

  test('end together when the run is cancelled', async () => {
    await using world = await openDaggerCheckout();
    describeModule(world, { aDispatch: all, bDispatch: all, cDispatch: all });
    for (const name of ['a-dispatch', 'b-dispatch']) world.dagger.answer(name, { waitFor: 100 });
    const stop = new AbortController();
    const running = run(world, pushed, { signal: stop.signal });
    while (called(world).length < 2) await new Promise(setImmediate);
    stop.abort();
    assert.equal((await running).outcome, 'cancelled');
    assert.equal(called(world).length, 2);
  });

  test('leave nothing behind that hides from the session it was started in', async () => {
    await using world = await openDaggerCheckout();
    const sleep = `sleep 600.${process.pid}77`;
    const line = `setsid ${sleep} > /dev/null 2>&1 &`;
    const PATH = await stubOfShell(world, { aDispatch: all, bDispatch: all, cDispatch: all }, line);
    assert.equal((await run(world, pushed, { env: { ...world.env, PATH } })).outcome, 'success');
    assert.deepEqual(await commandsWith(sleep), []);
  });

  test('are called isolated, too: with the event, and with what has changed', needsIsolation, async () => {
    await using world = await openDaggerCheckout();
    await using repository = await createRepository();
    const after = await repository.commit({ 'new file': 'x' });
    execFileSync('git', ['clone', '--quiet', repository.url, world.directory]);
    const functions = { aDispatch: { ...all, onChanges: 'new*' }, bDispatch: all };
    const PATH = await stubOfShell(
      world,
      functions,
      'cat ../functions.graphql ../event-trigger.json > /dev/null; echo "$*"',
    );
    const event = pushEvent({ before: repository.sha, after, changed: null });
    const env = { ...world.env, PATH, SIGNALBOX_SHA: after };
    const ending = await run(world, triggerOf(event, null), { isolation: 'namespace', env });
    assert.deepEqual(ending, { outcome: 'success', exitCode: 0, reason: null }, world.output.stderr);
    const [a, b] = world.output.stdout.split('\n').sort().slice(1);
    assert.match(a ?? '', /^aDispatch \| call .* --on-changes=new file --src=\. /);
    assert.match(b ?? '', /^bDispatch \| call /);
    assert.match(world.output.system, /^isolated: [^\n]*\n$/);
  });

  test('that none of answers is an error which names what was looked for', async () => {
    await using world = await openDaggerCheckout();
    describeModule(world, { test: {}, onGithubPush: { filter: 'next' } });
    const { outcome, reason } = await run(world, pushed);
    assert.equal(outcome, 'error');
    assert.equal(
      reason,
      './ci: no functions matched: none is called onGithubPushMain, onGithubPush, onGithub, dispatch, or ends so; not accepted: onGithubPush (the filter is main, not next)',
    );
    assert.deepEqual(called(world), []);
  });

  test('cannot be asked for without an engine, or of what is no module', async () => {
    await using world = await openDaggerCheckout();
    world.dagger.answer('query', { stderr: 'Error: start engine: no\n', exitCode: 1 });
    assert.match((await run(world, pushed)).reason ?? '', /^Dagger's engine cannot be reached/);
  });

  for (const [answer, expected] of [
    [{ stderr: 'Error: no such module\n', exitCode: 1 }, /^Dagger could not say which functions \.\/ci has/],
    [{ stdout: '{}' }, /^what Dagger said of \.\/ci does not describe a module/],
  ] as const)
    test(`cannot be asked for: ${expected}`, async () => {
      await using world = await openDaggerCheckout();
      world.dagger.answer('query', answer);
      const { outcome, reason } = await run(world, pushed);
      assert.equal(outcome, 'error');
      assert.match(reason ?? '', expected);
    });
});

const all = { filter: null, event: null, vendor: null };

describe('pocketci.yaml of the checkout', { timeout: 60_000 }, () => {
  /** A checkout whose file says this. */
  async function openWith(text: string) {
    const world = await openDaggerCheckout();
    await writeFile(join(world.directory, 'pocketci.yaml'), text);
    describeModule(world, {
      lintOnGithubPush: { filter: null },
      testOnGithubPush: { filter: null, npmToken: null },
    });
    return world;
  }

  test('says where the module is, unless the rule does', async () => {
    await using world = await openWith('module-path: ./elsewhere');
    assert.equal((await run(world, pushed)).outcome, 'success');
    assert.deepEqual(new Set(world.dagger.calls().map(({ argv }) => argv[2])), new Set(['./elsewhere']));
  });

  test('gives its secrets to the functions that have an argument for them', async () => {
    await using world = await openWith('secrets: [{ name: npm-token, from-env: NPM_TOKEN }]');
    const env = { ...world.env, NPM_TOKEN: 'the-token' };
    assert.equal((await run(world, pushed, { env })).outcome, 'success');
    assert.deepEqual(
      called(world).toSorted((a, b) => String(a[0]).localeCompare(String(b[0]))),
      [
        ['lint-on-github-push', '--filter=main', '--src=.'],
        ['test-on-github-push', '--filter=main', '--src=.', '--npm-token=env:NPM_TOKEN'],
      ],
    );
  });

  test('gets no secret that the rule does not have', async () => {
    await using world = await openWith('secrets: [{ name: npm-token, from-env: NPM_TOKEN }]');
    assert.deepEqual(await run(world, pushed), {
      outcome: 'error',
      exitCode: null,
      reason:
        'pocketci.yaml wants the secret npm-token from the variable NPM_TOKEN, which this job does not have: add it to `secrets` of the rule',
    });
    assert.deepEqual(world.dagger.calls(), []);
  });

  test('says which paths count: where none has changed, nothing is called', async () => {
    await using world = await openWith('paths: ["docs/**", "*.md"]');
    const { outcome, reason } = await run(world, pushed);
    assert.equal(outcome, 'success');
    assert.match(
      reason ?? '',
      /^pocketci\.yaml: no changed path matches docs\/\*\*, \*\.md: .*: nothing to do$/,
    );
    assert.deepEqual(world.dagger.calls(), []);
    const docs = triggerOf(pushEvent({ changed: ['docs/a'] }), null);
    assert.equal((await run(world, docs)).outcome, 'success');
    assert.equal(called(world).length, 2);
  });

  test('that is broken is an error', async () => {
    await using world = await openWith('module_path: ./ci');
    const { outcome, reason } = await run(world, pushed);
    assert.equal(outcome, 'error');
    assert.match(reason ?? '', /^pocketci\.yaml: Unrecognized key/);
  });
});

describe('what has changed', { timeout: 60_000 }, () => {
  /** A checkout of `after`, a commit that follows another one. */
  async function openHistory(files: Readonly<Record<string, File>>) {
    const world = await openDaggerCheckout();
    await using repository = await createRepository({ 'README.md': 'hello\n', gone: 'x' });
    const after = await repository.commit(files);
    execFileSync('git', ['clone', '--quiet', repository.url, world.directory]);
    const env = { ...world.env, SIGNALBOX_SHA: after };
    describeModule(world, { onGithubPush: { filter: null, onChanges: '**' } });
    return {
      world,
      /** The changed paths that a push of these commits has, as functions are told. */
      async changed(before: string | null) {
        const event = pushEvent({ before, after, changed: null });
        assert.equal((await run(world, triggerOf(event, null), { env })).outcome, 'success');
        return called(world)
          .flat()
          .flatMap(argument => /^--on-changes=([^]*)$/.exec(argument)?.[1] ?? []);
      },
      before: repository.sha,
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  }

  test('is what the history says where the sender does not, whatever the names', async () => {
    const names = ['a;b', '$(touch x)', 'two\nlines', '--help', 'é', 'dir/file'];
    await using history = await openHistory({
      ...Object.fromEntries(names.map(name => [name, 'y'])),
      gone: null,
    });
    const expected = [...names.map(name => (name.includes('\n') ? `"${name}"` : name)), 'gone'];
    assert.deepEqual((await history.changed(history.before)).sort(), expected.sort());
    const left = await readdir(history.world.directory);
    assert.ok(left.includes('a;b') && !left.includes('x'), left.join());
  });

  for (const [what, before] of [
    ['reaches back too little', 'f'.repeat(40)],
    ['begins with the push', null],
    ['is asked with what is no commit', '--output=x'],
  ] as const)
    test(`is not known where the history ${what}: conditions hold, and the log says so`, async () => {
      await using history = await openHistory({ more: 'y' });
      assert.deepEqual(await history.changed(before), []);
      assert.match(history.world.output.system, /^which files have changed is not known here/m);
    });
});
