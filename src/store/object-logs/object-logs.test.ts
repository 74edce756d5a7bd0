import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type FakeS3, type Mood, startFakeS3 } from '../../../test/support/fake-s3.ts';
import { needsPostgres, type PostgresServer, startPostgres } from '../../../test/support/postgres-server.ts';
import { until } from '../../../test/support/server.ts';
import { admitRun, chunk, claim, finish, raw, texts } from '../../contracts/store/acts.suite.ts';
import type { Store } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { RunId } from '../../domain/id.ts';
import { openPostgresStore } from '../postgres/store.ts';
import { openS3Bucket } from './s3-bucket.ts';

const refuses = (status: number, code: string, times = 1): Mood => ({ kind: 'refuses', status, code, times });

describe('a bucket', () => {
  let s3: FakeS3;
  beforeEach(async () => {
    s3 = await startFakeS3();
  });

  test('keeps objects, under a prefix, signed', async () => {
    await using _s3 = s3;
    const bucket = openS3Bucket(s3.settings);
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    await bucket.put('x y/ü+&%2F', bytes);
    assert.deepEqual([...s3.objects.keys()], ['/logs/a/b/x y/ü+&%2F']);
    assert.deepEqual(await bucket.get('x y/ü+&%2F', 256), bytes);
    await bucket.delete('x y/ü+&%2F');
    await bucket.delete('x y/ü+&%2F');
    assert.equal(s3.objects.size, 0);
  });

  const passing: readonly Mood[] = [
    refuses(500, 'InternalError', 2),
    refuses(503, 'SlowDown'),
    { kind: 'hangs up', times: 2 },
    { kind: 'cuts short', times: 1 },
  ];
  for (const mood of passing)
    test(`asks again when it ${mood.kind}${mood.kind === 'refuses' ? ` with ${mood.status}` : ''}`, async () => {
      await using _s3 = s3;
      const bucket = openS3Bucket(s3.settings);
      await bucket.put('key', new Uint8Array(100_000));
      s3.mood = mood;
      assert.equal((await bucket.get('key', 100_000)).length, 100_000);
    });

  const lasting: Record<string, [mood: Mood, says: RegExp]> = {
    'wrong key': [
      refuses(403, 'SignatureDoesNotMatch', 9),
      /answers 403 SignatureDoesNotMatch\): check the keys in `logs`/,
    ],
    'no bucket': [refuses(404, 'NoSuchBucket', 9), /answers 404 NoSuchBucket\): check its name/],
    'other region': [
      refuses(301, 'PermanentRedirect', 9),
      /301 PermanentRedirect\): check `endpoint` and `region`/,
    ],
    broken: [
      refuses(500, 'InternalError', 9),
      /answers 500 InternalError\): see whether the service is well/,
    ],
    'cut short each time': [
      { kind: 'cuts short', times: 9 },
      /cannot be read \(.*\): see whether the service runs/,
    ],
  };
  for (const [name, [mood, says]] of Object.entries(lasting))
    test(`says what is wrong: ${name}`, async () => {
      await using _s3 = s3;
      const bucket = openS3Bucket(s3.settings);
      await bucket.put('key', new Uint8Array(100_000));
      s3.mood = mood;
      await assert.rejects(bucket.get('key', 100_000), (error: SignalboxError) => {
        assert.equal(error.code, 'unavailable');
        assert.match(error.message, /^the bucket s3:\/\/logs\/a\/b at http:\/\/127/);
        assert.match(error.message, says);
        assert.ok(!error.message.includes(s3.settings.secretAccessKey));
        return true;
      });
    });

  test('a wrong key is found out', async () => {
    await using _s3 = s3;
    const bucket = openS3Bucket({ ...s3.settings, secretAccessKey: 'another' });
    await assert.rejects(bucket.put('key', new Uint8Array(1)), /403 SignatureDoesNotMatch/);
    assert.equal(s3.asked.length, 1);
  });

  test('nobody is there', async () => {
    await s3[Symbol.asyncDispose]();
    const bucket = openS3Bucket(s3.settings);
    await assert.rejects(
      bucket.put('key', new Uint8Array(1)),
      /ECONNREFUSED.*: see whether the service runs/,
    );
  });
});

describe('logs in a bucket', needsPostgres, () => {
  let postgres: PostgresServer;
  let s3: FakeS3;
  let url = '';
  let troubles: unknown[] = [];
  before(async () => {
    postgres = await startPostgres();
    s3 = await startFakeS3();
  });
  beforeEach(async () => {
    url = await postgres.createDatabase();
    s3.mood = { kind: 'well' };
    troubles = [];
  });
  after(async () => {
    await postgres[Symbol.asyncDispose]();
    await s3[Symbol.asyncDispose]();
  });
  const open = (sharesAgents = false): Promise<Store> =>
    openPostgresStore({
      sharesAgents,
      url,
      directory: '/nowhere',
      bucket: s3.settings,
      trouble: error => troubles.push(error),
    });
  const keyOf = (run: RunId): string | undefined => [...s3.objects.keys()].find(key => key.includes(run));
  async function running(store: Store): Promise<RunId> {
    const { id } = await admitRun(store);
    await store.amend(id, claim('local'));
    return id;
  }

  test('what one prints the others read, and a line that was read is never lost', async () => {
    await using one = await open();
    await using other = await open();
    const id = await running(one);
    await one.appendLog(id, chunk(1, 'one\n'));
    assert.deepEqual(await texts(one, id), ['one']);
    assert.deepEqual(await texts(other, id), ['one']);
    await one.appendLog(id, chunk(2, 'two\n'));
    await until(async () => (await texts(other, id)).length === 2, 'the second line');
  });

  test('who takes a log over goes on where the database says it ends', async () => {
    await using one = await open();
    await using other = await open();
    const id = await running(one);
    await one.appendLog(id, chunk(1, 'one\n'));
    assert.deepEqual(await texts(one, id), ['one']);
    await other.appendLog(id, chunk(1, 'again\n', { attempt: 2 }));
    assert.equal((await texts(other, id)).at(-1), 'again');
    // The first one has been asleep, and does not know.
    await one.appendLog(id, chunk(2, 'late\n'));
    assert.deepEqual(await texts(one, id), [
      'one',
      'attempt 1 was lost: the end of its output may be missing',
      'again',
    ]);
  });

  test('chunks of one attempt that reach several control planes in turn are all there, in their order', async () => {
    await using one = await open(true);
    await using other = await open(true);
    const id = await running(one);
    for (let n = 1; n <= 6; n++) await (n % 2 === 1 ? one : other).appendLog(id, chunk(n, `${n}\n`));
    await other.amend(id, finish(1));
    assert.deepEqual(await texts(one, id), ['1', '2', '3', '4', '5', '6']);
    assert.deepEqual(await texts(other, id), ['1', '2', '3', '4', '5', '6']);
  });

  test('a log of many objects is read from anywhere, and forgotten with its objects', async () => {
    await using store = await open();
    const id = await running(store);
    const line = `${'x'.repeat(999)}\n`;
    let printed = 0;
    for (let n = 1; n <= 100; n++) {
      await store.appendLog(id, chunk(n, line.repeat(100)));
      printed += 100;
    }
    await store.amend(id, finish(1));
    await until(
      () => [...s3.objects.keys()].filter(key => key.includes(id)).length >= 3,
      'its objects',
      30_000,
    );
    for (const after of [0, 4_321, printed - 1]) {
      const [found] = await store.log(id, after, 1);
      assert.equal(found?.seq, after + 1);
      assert.equal(found.text.length, 999);
    }
    assert.deepEqual(await store.log(id, printed, 1), []);
    assert.equal((await raw(store, id)).length, printed * 1000);
    assert.equal(await store.forgetLogs({ before: 9e15, totalBytes: 0, now: 0 }, 10), 1);
    assert.deepEqual(await texts(store, id), []);
    assert.equal(keyOf(id), undefined);
  });

  test('P5: while the bucket refuses everything, lines are stored and read; afterwards they move', async () => {
    await using store = await open();
    s3.mood = refuses(403, 'AccessDenied', 1_000);
    const id = await running(store);
    const long = `${'x'.repeat(30_000)}\n`;
    await store.appendLog(id, chunk(1, long));
    await store.amend(id, finish(1));
    await until(() => troubles.length > 0, 'the trouble to be told');
    assert.match(String(troubles[0]), /cannot be written \(it answers 403 AccessDenied\)/);
    {
      await using again = await open();
      assert.deepEqual(await texts(again, id), [long.trim()]);
    }
    s3.mood = { kind: 'well' };
    await until(() => keyOf(id), 'the log to move');
    assert.deepEqual(await texts(store, id), [long.trim()]);
  });

  test('an object that somebody has deleted is missed in one sentence, and nothing else is hurt', async () => {
    await using store = await open();
    const id = await running(store);
    await store.appendLog(id, chunk(1, `${'x'.repeat(30_000)}\n`));
    await store.amend(id, finish(1));
    await until(() => keyOf(id), 'the log to move');
    s3.mood = refuses(404, 'NoSuchKey', 1_000);
    // The object is there a moment before the store says so.
    const missed = await until(
      () =>
        store.log(id, 0, 10).then(
          () => undefined,
          (error: unknown) => SignalboxError.from(error),
        ),
      'the log to be read from the bucket',
    );
    assert.equal(missed.code, 'unavailable');
    assert.match(missed.message, /404 NoSuchKey/);
    assert.ok(await store.run(id));
  });
});
