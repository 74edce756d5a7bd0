import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Agent } from '../domain/agent.ts';
import { SignalboxError } from '../domain/errors.ts';
import { type RunId, runId } from '../domain/id.ts';
import { sample } from './store/samples.suite.ts';
import type { Ticket } from './store.ts';
import type { AgentNews, Claim, Hint, Presence, Served, Transport } from './transport.ts';

/** What every transport does. `open` gives a fresh one each time. */
export function transportSuite(
  name: string,
  open: () => Promise<Transport>,
  skip: string | false = false,
): void {
  const id = (n: number): RunId => runId(String(n).padStart(26, '0'));
  const box: Agent = {
    name: 'box',
    pools: ['local'],
    slots: 2,
    version: '1.2.3',
    capabilities: { os: 'linux', arch: 'x64', node: 'v24.0.0', tools: ['git'], isolation: true },
  };
  const refusing: Served = {
    begin: async () => ({ leaseMs: 1, isDrained: false }),
    claim: async () => ({ result: 'refused', reason: 'no' }),
    news: async () => undefined,
    undelivered: async () => undefined,
  };
  const served = (some: Partial<Served>): Served => ({ ...refusing, ...some });
  const ticket = (n: number, pool = 'local'): Ticket => ({ run: id(n), pool });

  describe(`transport ${name}`, { skip }, () => {
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

    test('receives nothing for no pool, until the signal', async () => {
      await using transport = await open();
      const stop = new AbortController();
      let isOver = false;
      const receiving = transport.agent.receive([], 1, async () => {}, stop.signal);
      const over = receiving.then(() => {
        isOver = true;
      });
      // Whatever has nothing to wait for has ended by then.
      await new Promise(resolve => setImmediate(resolve));
      assert.equal(isOver, false);
      stop.abort();
      await over;
    });

    test('carries what agents ask to who serves, and answers and errors back', async () => {
      await using transport = await open();
      await assert.rejects(transport.agent.claim('box', id(1), 'c1'), { code: 'unavailable' });
      const heard: unknown[] = [];
      using _serving = transport.control.serve(
        served({
          begin: async (agent, reason) => (heard.push(agent, reason), { leaseMs: 77, isDrained: true }),
          claim: async (agent, run, claim) => ({ result: 'refused', reason: `${agent} ${run} ${claim}` }),
          news: async (agent, news) => {
            heard.push(agent, news);
            if (news.kind === 'alive') throw new SignalboxError('conflict', 'not stored');
          },
        }),
      );
      assert.deepEqual(await transport.agent.begin(box, 'it starts'), {
        leaseMs: 77,
        isDrained: true,
      });
      assert.deepEqual(await claimed(transport, id(1)), {
        result: 'refused',
        reason: `box ${id(1)} c1`,
      });
      const told: readonly AgentNews[] = [
        {
          kind: 'log',
          run: id(1),
          chunk: {
            attempt: 1,
            sequence: 1,
            at: 5,
            stream: 'stdout',
            bytes: new Uint8Array([65, 0, 255, 10]),
          },
        },
        { kind: 'news', run: id(1), news: { kind: 'resolved', attempt: 1, sha: 'a'.repeat(40) } },
        {
          kind: 'news',
          run: id(1),
          news: { kind: 'counterpart', attempt: 1, counterpart: { id: '7', url: null } },
        },
        {
          kind: 'news',
          run: id(1),
          news: {
            kind: 'finished',
            attempt: 1,
            at: 6,
            ending: { outcome: 'failure', exitCode: 3, reason: 'it failed' },
          },
        },
      ];
      for (const word of told) await transport.agent.news('box', word);
      const alive = { kind: 'alive', runs: [{ run: id(1), attempt: 1 }] } as const;
      await assert.rejects(transport.agent.news('box', alive), { code: 'conflict', message: 'not stored' });
      assert.deepEqual(
        structuredClone(heard),
        structuredClone([box, 'it starts', ...told.flatMap(each => ['box', each]), 'box', alive]),
      );
    });

    test('a grant arrives whole', async () => {
      await using transport = await open();
      const { event, runs } = sample({ runs: 1 });
      const [run] = runs;
      assert.ok(run);
      const grant = {
        result: 'granted',
        run,
        event,
        trigger: null,
        leaseMs: 5,
        secrets: { TOKEN: 'ä secret' },
        cloneToken: null,
      } as const;
      using _serving = transport.control.serve(served({ claim: async () => grant }));
      assert.deepEqual(await claimed(transport, run.id), grant);
    });

    test('a cancel reaches its agent alone, a hint everybody who listens still', async () => {
      await using transport = await open();
      const told: string[] = [];
      const heard = (name: string) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const listening = transport.agent.onCancel(name, (run, attempt, reason) => {
          told.push(`${name} ${run} ${attempt} ${reason}`);
          resolve();
        });
        return { promise, [Symbol.dispose]: () => listening[Symbol.dispose]() };
      };
      using box = heard('box');
      using other = heard('other');
      const cancelling = until(() => transport.control.cancel('box', id(3), 2, 'enough'), box.promise);
      await cancelling;
      await until(() => transport.control.cancel('other', id(4), 1, 'enough'), other.promise);
      assert.deepEqual([...new Set(told)], [`box ${id(3)} 2 enough`, `other ${id(4)} 1 enough`]);
      const hints: Hint[] = [];
      const listening = transport.control.onHint(hint => hints.push(hint));
      transport.control.hint('feed');
      listening[Symbol.dispose]();
      transport.control.hint('ticket');
      assert.deepEqual(hints, ['feed']);
    });

    test('an agent alone is told to take no more runs, and to take some again', async () => {
      await using transport = await open();
      const told: boolean[] = [];
      const [heard, again] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      using _box = transport.agent.onDrain('box', isDrained => {
        told.push(isDrained);
        (isDrained ? heard : again).resolve();
      });
      using _other = transport.agent.onDrain('other', () => assert.fail('it was told to another one'));
      await until(() => transport.control.drain('box', true), heard.promise);
      await until(() => transport.control.drain('box', false), again.promise);
      assert.deepEqual([told[0], told.at(-1)], [true, false]);
    });

    test('how an agent stands is heard, and that the link is up', async () => {
      await using transport = await open();
      const { promise, resolve } = Promise.withResolvers<Presence>();
      using _watching = transport.control.onPresence(resolve);
      await until(() => transport.agent.present({ ...box, state: 'online' }), promise);
      assert.deepEqual(await promise, { ...box, state: 'online' });
      assert.equal(transport.control.link().state, 'up');
    });
  });
}

/** What `box` is answered when it claims a run, as it may: with the run's ticket in its hands. */
async function claimed(transport: Transport, run: RunId): Promise<Claim> {
  await transport.control.send({ run, pool: 'local' });
  const stop = new AbortController();
  const answer = Promise.withResolvers<Claim>();
  await transport.agent.receive(
    ['local'],
    1,
    async ticket => {
      await transport.agent.claim('box', ticket.run, 'c1').then(answer.resolve, answer.reject);
      stop.abort();
    },
    stop.signal,
  );
  return answer.promise;
}

/** Says something that may get lost again and again until it is heard. */
async function until(say: () => void, heard: Promise<unknown>): Promise<void> {
  const saying = setInterval(say, 100);
  say();
  await heard;
  clearInterval(saying);
}
