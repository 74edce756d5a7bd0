import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RunId, runId } from '../../domain/id.ts';
import type { LogLine } from '../../domain/log.ts';
import { admitRun, amended, chunk, claim, finish, raw, texts } from './acts.suite.ts';
import type { OpenStore } from './open-store.suite.ts';
import { bytes, unique } from './samples.suite.ts';

/** How logs are kept and read. */
export function logsSuite(name: string, open: OpenStore): void {
  describe(`store ${name}: logs`, () => {
    test('lines are numbered through all chunks, with stream and time', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = runId(unique());
      assert.equal(await store.logEnd(run), 0);
      await store.appendLog(run, chunk(1, 'one\ntwo\n'));
      assert.equal(await store.logEnd(run), 2);
      await store.appendLog(run, chunk(2, 'oops\n', { stream: 'stderr', at: 8 }));
      await store.appendLog(run, chunk(3, 'last words'));
      const expected: LogLine[] = [
        { seq: 1, at: 7, stream: 'stdout', text: 'one' },
        { seq: 2, at: 7, stream: 'stdout', text: 'two' },
        { seq: 3, at: 8, stream: 'stderr', text: 'oops' },
        { seq: 4, at: 7, stream: 'stdout', text: 'last words' },
      ];
      assert.deepEqual(await store.log(run, 0, 100), expected);
      assert.deepEqual(await store.log(run, 1, 2), expected.slice(1, 3));
      assert.deepEqual(await store.log(run, 4, 100), []);
      assert.deepEqual(await store.log(run, 400, 100), []);
      assert.equal(await store.logEnd(run), 4);
      assert.deepEqual(await (await opened.reopen()).log(run, 0, 100), expected);
    });

    test('the log of a run that has ended is there after a restart, whatever its length', async () => {
      await using opened = await open();
      const { store } = opened;
      const ended: { readonly id: RunId; readonly printed: string }[] = [];
      for (const printed of ['short\n', `long ${'x'.repeat(60_000)}\n`]) {
        const { id } = await admitRun(store);
        await amended(store, id, claim('local'));
        for (const n of [1, 2, 3]) await store.appendLog(id, chunk(n, printed));
        await amended(store, id, finish(1));
        ended.push({ id, printed });
      }
      for (const { id, printed } of ended) assert.deepEqual(await raw(store, id), bytes(printed.repeat(3)));
      const again = await opened.reopen();
      for (const { id, printed } of ended) assert.deepEqual(await raw(again, id), bytes(printed.repeat(3)));
    });

    test('the end of an attempt that is none takes nothing from the log', async () => {
      await using opened = await open();
      const { store } = opened;
      const { id } = await admitRun(store);
      await amended(store, id, claim('local'));
      await store.appendLog(id, chunk(1, 'one\n'));
      assert.equal((await store.amend(id, finish(7))).result, 'stale');
      await store.appendLog(id, chunk(2, 'two\n'));
      await amended(store, id, finish(1));
      assert.deepEqual(await texts(store, id), ['one', 'two']);
    });

    test('a run that printed nothing has an empty log', async () => {
      await using opened = await open();
      const run = runId(unique());
      assert.deepEqual(await opened.store.log(run, 0, 10), []);
      assert.deepEqual(await raw(opened.store, run), bytes(''));
    });

    test('bytes stay as they were printed; as lines they are readable', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = runId(unique());
      const printed = Buffer.concat([
        bytes('windows\r\n10 %\r50 %\r\n\n'),
        Buffer.from([0, 0xff, 0xc3, 0x28, 10]),
        bytes('\ufeffgrün\n'),
      ]);
      await store.appendLog(run, { ...chunk(1, ''), bytes: printed });
      assert.deepEqual(await raw(store, run), new Uint8Array(printed));
      assert.deepEqual(
        (await store.log(run, 0, 10)).map(({ text }) => text),
        ['windows', '10 %\r50 %', '', '\0\ufffd\ufffd(', '\ufeffgrün'],
      );
    });

    test('what the programs of the last attempt printed is told apart from the rest', async () => {
      await using opened = await open();
      const { store } = opened;
      const { id } = await admitRun(store);
      await amended(store, id, claim('local'));
      const printed = ['a\n', 'no end \r\0', Buffer.from([0xff, 10]), 'b\n'.repeat(200_000), 'last words'];
      await store.appendLog(id, chunk(1, 'of an earlier attempt\n'));
      await store.appendLog(id, chunk(1, 'checking out\n', { attempt: 2, stream: 'system' }));
      for (const [n, text] of printed.entries())
        await store.appendLog(id, {
          ...chunk(n + 2, '', { attempt: 2, stream: n % 2 === 0 ? 'stdout' : 'stderr' }),
          bytes: Buffer.from(text),
        });
      const whole = Buffer.concat(printed.map(text => Buffer.from(text)));
      for (const after of [0, 1, 2, 3, 100_000, whole.length, whole.length + 1]) {
        const pieces: Uint8Array[] = [];
        for await (const piece of store.output(id, after)) pieces.push(piece);
        assert.deepEqual(Buffer.concat(pieces), whole.subarray(after));
      }
    });

    test('a repeated chunk counts once, also after a restart; one of an older attempt does not count', async () => {
      await using opened = await open();
      const run = runId(unique());
      await opened.store.appendLog(run, chunk(1, 'a\n'));
      await opened.store.appendLog(run, chunk(2, 'b\n'));
      await opened.store.appendLog(run, chunk(1, 'a\n'));
      const store = await opened.reopen();
      await store.appendLog(run, chunk(2, 'b\n'));
      await store.appendLog(run, chunk(3, 'c\n'));
      assert.deepEqual(await texts(store, run), ['a', 'b', 'c']);
      await store.appendLog(run, chunk(1, 'd\n', { attempt: 2 }));
      await store.appendLog(run, chunk(4, 'late\n'));
      const [gap] = (await store.log(run, 3, 1)).filter(({ stream }) => stream === 'system');
      assert.match(gap?.text ?? '', /attempt 1 was lost/);
      assert.deepEqual((await texts(store, run)).slice(4), ['d']);
    });

    test('what never arrived is marked where it is missing', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = runId(unique());
      await store.appendLog(run, chunk(1, 'a\n'));
      await store.appendLog(run, chunk(3, 'c\n'));
      await store.appendLog(run, chunk(4, 'd\n'));
      const lines = await store.log(run, 0, 10);
      assert.deepEqual(
        lines.map(({ stream }) => stream),
        ['stdout', 'system', 'stdout', 'stdout'],
      );
      assert.match(lines[1]?.text ?? '', /output is missing here/);
    });

    test('chunks that come at the same time keep their order, in each of many logs', async () => {
      await using opened = await open();
      const { store } = opened;
      const runs = Array.from({ length: 100 }, () => runId(unique()));
      const appended: Promise<void>[] = [];
      for (let n = 1; n <= 20; n++)
        for (const run of runs) appended.push(store.appendLog(run, chunk(n, `line ${n}\n`)));
      await Promise.all(appended);
      const expected = Array.from({ length: 20 }, (_, n) => `line ${n + 1}`);
      for (const run of runs) assert.deepEqual(await texts(store, run), expected);
    });

    test('a long log is read page by page from anywhere', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = runId(unique());
      let last = 0;
      for (let n = 1; n <= 200; n++) {
        const lines = Array.from({ length: 500 + (n % 7) }, () => `this is line ${++last}\n`);
        await store.appendLog(run, chunk(n, lines.join('')));
      }
      for (const after of [0, 1, 499, 500, 501, 54_321, last - 1]) {
        const page = await store.log(run, after, 700);
        assert.deepEqual(
          page,
          Array.from({ length: Math.min(700, last - after) }, (_, n) => ({
            seq: after + n + 1,
            at: 7,
            stream: 'stdout',
            text: `this is line ${after + n + 1}`,
          })),
        );
      }
    });

    test('a page of very long lines is shorter, and the next one goes on', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = runId(unique());
      const long = 'x'.repeat(60_000);
      for (let n = 1; n <= 200; n++) await store.appendLog(run, chunk(n, `${n} ${long}\n`));
      const seen: LogLine[] = [];
      for (let page = await store.log(run, 0, 1000); page.length > 0; ) {
        assert.ok(page.length < 200);
        seen.push(...page);
        page = await store.log(run, seen.length, 1000);
      }
      assert.deepEqual(
        seen.map(({ seq, text }) => seq === Number(text.split(' ', 1)[0])),
        Array(200).fill(true),
      );
    });
  });
}
