import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { SignalboxError } from '../domain/errors.ts';
import { runId } from '../domain/id.ts';
import type { Revision } from '../domain/run.ts';
import type { Checkout, Workspace } from './checkout.ts';

export interface CheckoutHarness extends AsyncDisposable {
  readonly checkout: Checkout;
  /** A repository whose `main` has two commits; its file `which` says `first` or `second`. */
  readonly url: string;
  readonly first: string;
  readonly second: string;
  /** Where the workspaces are; nothing may be left there. */
  readonly workspaces: string;
  /** A directory that is none of the checkout's business. */
  readonly elsewhere: string;
}

const run = runId('0'.repeat(26));
const never = new AbortController().signal;
const quiet = (): void => undefined;

/** What every checkout must do. */
export function checkoutSuite(name: string, create: () => Promise<CheckoutHarness>): void {
  const at = (world: CheckoutHarness, sha: string | null, ref = 'refs/heads/main'): Revision => ({
    clone: null,
    url: world.url,
    ref,
    sha,
  });
  const which = ({ directory }: Workspace) => readFile(join(directory, 'which'), 'utf8');
  const leftovers = (world: CheckoutHarness) => readdir(world.workspaces).catch(() => []);

  describe(`checkout contract: ${name}`, () => {
    test('gives exactly the commit that is asked for, not the tip', async () => {
      await using world = await create();
      await using workspace = await world.checkout.prepare(run, 1, at(world, world.first), quiet, never);
      assert.equal(workspace.sha, world.first);
      assert.equal(await which(workspace), 'first');
    });

    test('without a commit gives what the ref is now, by its full or short name', async () => {
      await using world = await create();
      for (const ref of ['refs/heads/main', 'main', 'HEAD']) {
        await using workspace = await world.checkout.prepare(run, 1, at(world, null, ref), quiet, never);
        assert.equal(workspace.sha, world.second, ref);
        assert.equal(await which(workspace), 'second', ref);
      }
    });

    test('without a revision gives an empty directory', async () => {
      await using world = await create();
      await using workspace = await world.checkout.prepare(run, 1, null, quiet, never);
      assert.equal(workspace.sha, null);
      assert.ok(isAbsolute(workspace.directory));
      assert.deepEqual(await readdir(workspace.directory), []);
    });

    test('attempts see nothing of each other', async () => {
      await using world = await create();
      await using one = await world.checkout.prepare(run, 1, at(world, world.first), quiet, never);
      await writeFile(join(one.directory, 'which'), 'changed');
      await writeFile(join(one.directory, 'more'), 'more');
      await using two = await world.checkout.prepare(run, 2, at(world, world.first), quiet, never);
      assert.notEqual(one.directory, two.directory);
      assert.equal(await which(two), 'first');
      await assert.rejects(stat(join(two.directory, 'more')));
    });

    test('many at once are all right', async () => {
      await using world = await create();
      const prepared = await Promise.all(
        [1, 2, 3, 4, 5, 6].map(attempt =>
          world.checkout.prepare(
            run,
            attempt,
            at(world, attempt % 2 ? world.first : world.second),
            quiet,
            never,
          ),
        ),
      );
      for (const [index, workspace] of prepared.entries()) {
        assert.equal(await which(workspace), index % 2 ? 'second' : 'first');
        await workspace[Symbol.asyncDispose]();
      }
      assert.deepEqual(await leftovers(world), []);
    });

    test('places files beside the work tree, never into it', async () => {
      await using world = await create();
      await using workspace = await world.checkout.prepare(run, 1, at(world, world.first), quiet, never);
      const before = await readdir(workspace.directory);
      const file = await workspace.place('event.json', '{}');
      assert.ok(isAbsolute(file));
      assert.match(relative(workspace.directory, file), /^\.\./);
      assert.equal(await readFile(file, 'utf8'), '{}');
      assert.deepEqual(await readdir(workspace.directory), before);
      assert.equal(await workspace.place('event.json', '[]'), file);
      assert.equal(await readFile(file, 'utf8'), '[]');
      for (const name of ['../event.json', 'a/b', '', '.', '..', '/etc/x'])
        await assert.rejects(workspace.place(name, ''), name);
    });

    test('a commit that the remote does not have is an error, and nothing is left', async () => {
      await using world = await create();
      const gone = 'd'.repeat(40);
      await assert.rejects(
        world.checkout.prepare(run, 1, at(world, gone), quiet, never),
        error =>
          error instanceof SignalboxError &&
          error.code === 'not_found' &&
          error.message.includes(gone) &&
          /no longer on the remote/.test(error.message),
      );
      assert.deepEqual(await leftovers(world), []);
    });

    test('says what it does, in lines', async () => {
      await using world = await create();
      const said: string[] = [];
      const say = (line: string): void => void said.push(line);
      await using _ = await world.checkout.prepare(run, 1, at(world, world.first), say, never);
      assert.ok(said.length > 0);
      for (const line of said) assert.match(line, /^\P{Cc}+$/u);
      assert.ok(said.some(line => line.includes(world.first)));
    });

    test('stops when it is told to, and leaves nothing', async () => {
      await using world = await create();
      const stop = new AbortController();
      const preparing = world.checkout.prepare(run, 1, at(world, world.first), quiet, stop.signal);
      stop.abort(new Error('enough'));
      await assert.rejects(preparing, /enough/);
      assert.deepEqual(await leftovers(world), []);
    });

    test('A55: a workspace goes with all that is in it, and links are not followed', async () => {
      await using world = await create();
      const kept = join(world.elsewhere, 'kept');
      await writeFile(kept, 'kept');
      const workspace = await world.checkout.prepare(run, 1, at(world, world.first), quiet, never);
      const locked = join(workspace.directory, 'locked');
      await mkdir(join(locked, 'in', 'it'), { recursive: true });
      await writeFile(join(locked, 'in', 'it', 'file'), '');
      await symlink(world.elsewhere, join(locked, 'directory'));
      await symlink(kept, join(workspace.directory, 'file'));
      await symlink('..', join(workspace.directory, 'up'));
      await symlink('loop', join(workspace.directory, 'loop'));
      for (const directory of [join(locked, 'in', 'it'), join(locked, 'in'), locked])
        await chmod(directory, 0o500);
      await workspace[Symbol.asyncDispose]();
      assert.deepEqual(await leftovers(world), []);
      assert.equal(await readFile(kept, 'utf8'), 'kept');
    });

    test('cleaning up removes what was left behind, not what is in use', async () => {
      await using world = await create();
      await using workspace = await world.checkout.prepare(run, 1, at(world, world.first), quiet, never);
      const before = await leftovers(world);
      await mkdir(join(world.workspaces, 'left', 'behind'), { recursive: true });
      await world.checkout.clean();
      assert.deepEqual(await leftovers(world), before);
      assert.equal(await which(workspace), 'first');
    });

    test('when it is closed, what is being prepared stops', async () => {
      await using world = await create();
      const preparing = world.checkout.prepare(run, 1, at(world, world.first), quiet, never);
      const stopped = assert.rejects(preparing);
      await world.checkout[Symbol.asyncDispose]();
      await stopped;
      assert.deepEqual(await leftovers(world), []);
    });
  });
}
