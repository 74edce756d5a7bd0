import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RunId, runId } from '../domain/id.ts';
import type { Ticket } from './store.ts';
import type { Hint, Transport } from './transport.ts';

/** What every transport does. `open` gives a fresh one each time. */
export function transportSuite(name: string, open: () => Promise<Transport>): void {
  const id = (n: number): RunId => runId(String(n).padStart(26, '0'));
  const ticket = (n: number, pool = 'local'): Ticket => ({ run: id(n), pool });

  describe(`transport ${name}`, () => {
    test('brings each ticket to one receiver of its pool', async () => {
      await using transport = await open();
      const stop = new AbortController();
      const taken: Ticket[] = [];
      const received = Promise.withResolvers<void>();
      const take = async (ticket: Ticket) => {
        taken.push(ticket);
        if (taken.length === 20) received.resolve();
      };
      const receiving = [
        transport.agent.receive(['local'], 3, take, stop.signal),
        transport.agent.receive(['local', 'big'], 2, take, stop.signal),
      ];
      for (let n = 0; n < 10; n++) await transport.control.send(ticket(n));
      for (let n = 10; n < 20; n++) await transport.control.send(ticket(n, 'big'));
      await received.promise;
      stop.abort();
      await Promise.all(receiving);
      assert.deepEqual(
        taken.map(({ run }) => run).sort(),
        Array.from({ length: 20 }, (_, n) => id(n)),
      );
    });

    test('tickets that were sent before anybody received wait in order', async () => {
      await using transport = await open();
      for (let n = 0; n < 300; n++) await transport.control.send(ticket(n));
      const stop = new AbortController();
      const order: RunId[] = [];
      await transport.agent.receive(
        ['local'],
        1,
        async ({ run }) => {
          order.push(run);
          if (order.length === 300) stop.abort();
        },
        stop.signal,
      );
      assert.deepEqual(
        order,
        Array.from({ length: 300 }, (_, n) => id(n)),
      );
    });

    test('takes no more at a time than there are slots, and ends after those under way', async () => {
      await using transport = await open();
      const stop = new AbortController();
      const gate = Promise.withResolvers<void>();
      const full = Promise.withResolvers<void>();
      let under = 0;
      let most = 0;
      let done = 0;
      const receiving = transport.agent.receive(
        ['local'],
        2,
        async () => {
          under += 1;
          most = Math.max(most, under);
          if (under === 2) full.resolve();
          await gate.promise;
          under -= 1;
          done += 1;
        },
        stop.signal,
      );
      for (let n = 0; n < 5; n++) await transport.control.send(ticket(n));
      await full.promise;
      stop.abort();
      gate.resolve();
      await receiving;
      assert.equal(most, 2);
      assert.equal(done, 2);
    });

    test('carries claims and news to who serves, and their answers and errors back', async () => {
      await using transport = await open();
      await assert.rejects(transport.agent.claim('box', id(1), 'c1'), { code: 'unavailable' });
      const heard: unknown[] = [];
      using _serving = transport.control.serve({
        claim: async (agent, run, claim) => ({ result: 'refused', reason: `${agent} ${run} ${claim}` }),
        news: async news => {
          heard.push(news.kind);
          if (news.kind === 'alive') throw new Error('not stored');
        },
      });
      assert.deepEqual(await transport.agent.claim('box', id(1), 'c1'), {
        result: 'refused',
        reason: `box ${id(1)} c1`,
      });
      const chunk = {
        attempt: 1,
        sequence: 1,
        at: 5,
        stream: 'stdout',
        bytes: new Uint8Array([65, 10]),
      } as const;
      await transport.agent.news({ kind: 'log', run: id(1), chunk });
      await assert.rejects(transport.agent.news({ kind: 'alive', agent: 'box', runs: [] }));
      assert.deepEqual(heard, ['log', 'alive']);
    });

    test('a cancel reaches its agent alone, a hint everybody who listens still', async () => {
      await using transport = await open();
      const told: string[] = [];
      using _box = transport.agent.onCancel('box', (run, attempt, reason) =>
        told.push(`box ${run} ${attempt} ${reason}`),
      );
      using _other = transport.agent.onCancel('other', () => told.push('other'));
      transport.control.cancel('box', id(3), 2, 'enough');
      const hints: Hint[] = [];
      const listening = transport.control.onHint(hint => hints.push(hint));
      transport.control.hint('feed');
      listening[Symbol.dispose]();
      transport.control.hint('ticket');
      assert.deepEqual(told, [`box ${id(3)} 2 enough`]);
      assert.deepEqual(hints, ['feed']);
    });
  });
}
