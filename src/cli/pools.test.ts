import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Ran, runInProcess } from '../../test/support/cli.ts';
import { openHouse, type TestHouse } from '../../test/support/house.ts';
import { until } from '../../test/support/server.ts';
import { exitCodes } from './exit-codes.ts';

/** Pausing and draining by the command line, against the real house. */

const config = `
version: 1
limits: { runs: 1 }
rules:
  - { name: quick, on: manual, run: 'true' }
  - { name: long, on: manual, run: sleep 300 }
`;

describe('pools and agents', { timeout: 120_000 }, () => {
  let house: TestHouse;
  before(async () => {
    house = await openHouse(config);
  });
  after(() => house?.[Symbol.asyncDispose]());

  const cli = (...argv: string[]): Promise<Ran> =>
    runInProcess(argv, { cwd: house.directory, env: {}, now: Date.now });
  const ok = async (...argv: string[]): Promise<Ran> => {
    const ran = await cli(...argv);
    assert.equal(ran.code, exitCodes.ok, `${argv.join(' ')}: ${ran.stderr}`);
    return ran;
  };
  const start = async (rule: string) => (await ok('rules', 'run', rule)).stdout.trim();
  const show = async (run: string) => JSON.parse((await ok('runs', 'show', run, '--json')).stdout);
  const isIn = (run: string, state: string) =>
    until(async () => (await show(run)).state === state, `${run} to be ${state}`);

  test('a paused pool says who, when and why, in lists and at each run that waits; resumed, that begins', async () => {
    const paused = await ok('pools', 'pause', 'local', '--reason', 'new disks');
    assert.equal(paused.stdout, 'local\n');
    assert.match(paused.stderr, /^pool local is paused by admin, \S+Z: new disks\n$/);
    const run = await start('quick');
    assert.match((await show(run)).waits, /^pool local is paused by admin since [\d-]+T[\d:]+Z: new disks$/);
    assert.match((await ok('runs', 'show', run)).stdout, /is paused by admin since .*: new disks/);
    assert.match(
      (await ok('pools', 'ls')).stdout,
      /^local +‖ paused +1 +0 +local +by admin, \S+Z: new disks$/m,
    );
    const again = await ok('pools', 'pause', 'local', '--reason', 'something else');
    assert.match(again.stderr, /: new disks\n$/);
    assert.equal((await ok('pools', 'resume', 'local')).stderr, 'pool local goes on\n');
    await isIn(run, 'finished');
    assert.equal((await ok('pools', 'resume', 'local')).stderr, 'pool local goes on\n');
  });

  test('everything is paused and goes on; a pool that was paused itself stays so', async () => {
    assert.match((await ok('pools', 'ls')).stdout, /^local +✓ open +0 +0 +local/m);
    const all = await ok('pools', 'pause', '--all', '--reason', 'upgrade', '--wait');
    assert.match(all.stderr, /^everything is paused by admin, \S+Z: upgrade\nnothing of it runs any more\n$/);
    const run = await start('quick');
    assert.match((await show(run)).waits, /^everything is paused by admin since .*: upgrade$/);
    const { everything, items } = JSON.parse((await ok('pools', 'ls', '--json')).stdout);
    assert.equal(everything.reason, 'upgrade');
    assert.deepEqual(
      items.map(({ name, pause }: { name: string; pause: object | null }) => [name, pause !== null]),
      [['local', false]],
    );
    await ok('pools', 'pause', 'local');
    assert.equal((await ok('pools', 'resume', '--all')).stderr, 'everything goes on\n');
    assert.match((await show(run)).waits, /^pool local is paused by admin since [^ ]*Z$/);
    await ok('pools', 'resume', 'local');
    await isIn(run, 'finished');
  });

  test('what runs goes on while its pool is paused, and --wait ends with it', async () => {
    const run = await start('long');
    await isIn(run, 'running');
    const waiting = ok('pools', 'pause', 'local', '--wait');
    await until(
      async () => JSON.parse((await ok('pools', 'ls', '--json')).stdout).items[0].pause !== null,
      'the pause',
    );
    assert.equal((await show(run)).state, 'running');
    await ok('runs', 'cancel', run);
    assert.match((await waiting).stderr, /nothing of it runs any more\n$/);
    await ok('pools', 'resume', 'local');
  });

  test("the server's own agent drains, is drained, and takes runs again", async () => {
    const run = await start('long');
    await isIn(run, 'running');
    const told = await ok('agents', 'drain', 'local', '--reason', 'hot');
    assert.equal(told.stdout, 'local\n');
    assert.match(told.stderr, /^draining by admin, \S+Z: hot; 1 of 1 slots are busy\n$/);
    const other = await start('quick');
    assert.match((await show(other)).waits, /^agent local is drained by admin since .*: hot$/);
    await ok('runs', 'cancel', run);
    const drained = await ok('agents', 'drain', 'local', '--wait');
    assert.match(drained.stderr, /it runs nothing any more\n$/);
    const listed = await ok('agents', 'ls');
    assert.match(listed.stdout, /^local +local +‖ drained .*0 of 1/m);
    assert.match(listed.stderr, /^local is drained by admin, \S+Z: hot\n$/);
    assert.equal((await show(other)).state, 'queued');
    const undrained = await ok('agents', 'undrain', 'local', '--json');
    assert.equal(JSON.parse(undrained.stdout).drain, null);
    await isIn(other, 'finished');
  });

  test('what there is not is not found, and what is not said is asked for', async () => {
    for (const line of [
      'pools pause locla',
      'pools resume locla',
      'agents drain box-9',
      'agents undrain box-9',
    ])
      assert.equal((await cli(...line.split(' '))).code, exitCodes.notFound, line);
    for (const line of ['pools pause', 'pools resume', 'pools pause local --all'])
      assert.equal((await cli(...line.split(' '))).code, exitCodes.usage, line);
  });
});
