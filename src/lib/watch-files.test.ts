import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { watchFiles } from './watch-files.ts';

/** Longer than any test: what is noticed is noticed by its sign. */
const never = 3_600_000;

async function inFolder(
  lookMs: number,
  use: (folder: string, file: string, noticed: () => Promise<string | null>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-watch-'));
  const file = join(folder, 'hooks.json');
  writeFileSync(file, 'first');
  let next = Promise.withResolvers<void>();
  const failures: unknown[] = [];
  const watching = watchFiles([file], {
    quietMs: 20,
    lookMs,
    changed: () => next.resolve(),
    failed: error => failures.push(error),
  });
  try {
    await use(folder, file, async () => {
      await next.promise;
      next = Promise.withResolvers();
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return null;
      }
    });
    assert.deepEqual(failures, []);
  } finally {
    watching[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  }
}

describe('a file that changes is noticed', { timeout: 20_000 }, () => {
  test('written in place, again and again', () =>
    inFolder(never, async (_folder, file, noticed) => {
      for (const text of ['second', 'third']) {
        writeFileSync(file, text);
        assert.equal(await noticed(), text);
      }
    }));

  test('replaced by renaming, again and again, and written afterwards', () =>
    inFolder(never, async (folder, file, noticed) => {
      for (const text of ['second', 'third']) {
        writeFileSync(join(folder, '.new'), text);
        renameSync(join(folder, '.new'), file);
        assert.equal(await noticed(), text);
      }
      writeFileSync(file, 'fourth');
      assert.equal(await noticed(), 'fourth');
    }));

  test('moved aside and made anew, as vim does', () =>
    inFolder(never, async (_folder, file, noticed) => {
      renameSync(file, `${file}~`);
      writeFileSync(file, 'second');
      assert.equal(await noticed(), 'second');
    }));

  test('truncated first and then filled: once, when it is quiet', () =>
    inFolder(never, async (_folder, file, noticed) => {
      truncateSync(file, 0);
      writeFileSync(file, 'second');
      assert.equal(await noticed(), 'second');
    }));

  test('deleted, and made again', () =>
    inFolder(never, async (_folder, file, noticed) => {
      rmSync(file);
      assert.equal(await noticed(), null);
      writeFileSync(file, 'second');
      assert.equal(await noticed(), 'second');
    }));

  test('behind links that are swapped, as Kubernetes does with ConfigMaps', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-watch-'));
    const publish = (version: string) => {
      mkdirSync(join(folder, `..${version}`));
      writeFileSync(join(folder, `..${version}`, 'hooks.json'), version);
      symlinkSync(`..${version}`, join(folder, '..tmp'));
      renameSync(join(folder, '..tmp'), join(folder, '..data'));
    };
    publish('first');
    const file = join(folder, 'hooks.json');
    symlinkSync('..data/hooks.json', file);
    let next = Promise.withResolvers<void>();
    const watching = watchFiles([file], {
      quietMs: 20,
      lookMs: never,
      changed: () => next.resolve(),
      failed: error => assert.fail(String(error)),
    });
    try {
      for (const version of ['second', 'third']) {
        publish(version);
        await next.promise;
        next = Promise.withResolvers();
        assert.equal(readFileSync(file, 'utf8'), version);
      }
      // Where the link leads now is watched as well.
      writeFileSync(join(folder, '..third', 'hooks.json'), 'edited');
      await next.promise;
    } finally {
      watching[Symbol.dispose]();
      rmSync(folder, { recursive: true });
    }
  });

  test('in a folder that went away and came back: by looking', () =>
    inFolder(30, async (folder, file, noticed) => {
      renameSync(folder, `${folder}.aside`);
      assert.equal(await noticed(), null);
      mkdirSync(folder);
      writeFileSync(file, 'second');
      assert.equal(await noticed(), 'second');
      writeFileSync(file, 'third');
      assert.equal(await noticed(), 'third');
      rmSync(`${folder}.aside`, { recursive: true });
    }));
});

test('what leaves the content as it was is no change', { timeout: 20_000 }, () =>
  inFolder(never, async (folder, file, noticed) => {
    writeFileSync(file, 'first');
    writeFileSync(join(folder, 'other'), 'x');
    writeFileSync(file, 'second');
    assert.equal(await noticed(), 'second');
  }),
);
