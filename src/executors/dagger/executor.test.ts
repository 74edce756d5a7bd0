import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openDagger, openDaggerCheckout } from '../../../test/support/dagger-checkout.ts';
import { type ExecutorHarness, executorSuite } from '../../contracts/executor.suite.ts';
import type { DaggerCall } from '../../domain/rule.ts';

const call = (name: string, args: DaggerCall['args'] = {}, module = '.') =>
  ({ kind: 'dagger', dagger: { mode: 'call', module, function: name, args } }) as const;

/** A `dagger` whose function is a shell. */
const shellStub = '#!/bin/sh\nexec /bin/sh -e -c "${7#--line=}"\n';
const harness: ExecutorHarness = {
  create: async patience => {
    const made = await openDagger(patience);
    await writeFile(join(made.directory, 'dagger'), shellStub);
    await chmod(join(made.directory, 'dagger'), 0o755);
    return {
      executor: {
        ...made.executor,
        execute: (action, context) => {
          const PATH = `${made.directory}:${context.env['PATH']}`;
          return made.executor.execute(action, { ...context, env: { ...context.env, PATH } });
        },
      },
      [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
    };
  },
  shell: line => call('shell', { line }),
  program: null,
  hasPipes: true,
  isolation: 'none',
  setsEveryVariable: true,
};
executorSuite('dagger', harness);

describe('a call of a function', { timeout: 60_000 }, () => {
  test('is one of the command line, in the checkout, with arguments that no shell has seen', async () => {
    await using world = await openDaggerCheckout({ DOCKER_HOST: 'unix:///docker', PATH: '/not/this' });
    world.dagger.answer('build-image', { stdout: 'built\n', stderr: 'progress\n' });
    const args = {
      src: '.',
      gitSha: '{sha}',
      branch: '{branch}',
      event: '{event}',
      token: 'env:NPM_TOKEN',
      json: '{"a":{x}}',
      tags: ['latest', 'a,b', '{sha}'],
    };
    const ending = await world.run(call('buildImage', args, './ci'));
    assert.deepEqual(ending, { outcome: 'success', exitCode: 0, reason: null });
    assert.deepEqual([world.output.stdout, world.output.stderr], ['built\n', 'progress\n']);
    const [only, ...others] = world.dagger.calls();
    assert.deepEqual(others, []);
    assert.deepEqual(only?.argv, [
      'call',
      '-m',
      './ci',
      '--progress',
      'plain',
      'build-image',
      '--src=.',
      `--git-sha=${'a'.repeat(40)}`,
      '--branch=$(touch x)',
      '--event=/event.json',
      '--token=env:NPM_TOKEN',
      '--json={"a":{x}}',
      '--tags=latest',
      '--tags="a,b"',
      `--tags=${'a'.repeat(40)}`,
    ]);
    assert.equal(only?.cwd, world.directory);
    assert.deepEqual(only?.env, { ...world.env, DOCKER_HOST: 'unix:///docker' });
  });

  test('that fails is a failure, with the exit code of what failed in it', async () => {
    await using world = await openDaggerCheckout();
    world.dagger.answer('test', { stderr: 'Error: exit code: 3\n', exitCode: 3 });
    assert.deepEqual(await world.run(call('test')), { outcome: 'failure', exitCode: 3, reason: null });
  });

  test('without an engine is an error that says so in one sentence', async () => {
    await using world = await openDaggerCheckout();
    const stderr = 'Error: start engine: driver for scheme "image" was not available\n';
    world.dagger.answer('test', { stderr, exitCode: 1 });
    const { outcome, reason } = await world.run(call('test'));
    assert.equal(outcome, 'error');
    assert.match(
      reason ?? '',
      /^Dagger's engine cannot be reached \(start engine: .* was not available\): start Docker/,
    );
    assert.equal(world.output.stderr, stderr);
    // Who has printed that much had one, whatever it says at last.
    world.dagger.answer('test', { stderr: `${'x'.repeat(70_000)}\n${stderr}`, exitCode: 1 });
    assert.equal((await world.run(call('test'))).outcome, 'failure');
    world.dagger.answer('test', { stderr, exitCode: 0 });
    assert.equal((await world.run(call('test'))).outcome, 'success');
  });

  test('without the command line is an error that says how to get it', async () => {
    await using world = await openDaggerCheckout();
    const { outcome, reason } = await world.run(call('test'), { env: { PATH: '/nowhere' } });
    assert.equal(outcome, 'error');
    assert.equal(
      reason,
      `Dagger's command line cannot be used ("dagger" was not found: PATH is /nowhere): install it (https://docs.dagger.io/install) where signalbox finds its programs`,
    );
  });
});
