import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBroker, type TestBroker } from '../../test/support/rabbitmq-server.ts';
import { type Signalbox, startSignalbox } from '../contenders/signalbox.ts';
import { percentile } from '../percentile.ts';
import { type Service, startService } from '../process.ts';
import { atLeast, atMost, type Bench, type Figures, type Row } from '../row.ts';
import { until } from '../until.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'signalbox');
/** Two agents, as the smallest house of several machines has them. */
const agents = [1, 2];
const slots = 8;
/** A broker takes some seconds to start. */
const patienceMs = 60_000;
/** Runs in a burst: enough that starting and ending weigh little. */
const perSecondOfBurst = 400;

/** Runs that go to agents: server, broker and agents share this machine, as they would not in service. */
export const scale: Row = {
  name: 'scale',
  title: 'Runs over RabbitMQ, with server, broker and two agents on this machine',
  programs: ['epmd'],
  lines: [
    { what: 'ended', unit: 'runs/s', figure: 'perSecond', of: 'signalbox', against: null, aim: atLeast(400) },
    {
      what: 'queued to started, p50',
      unit: 'ms',
      figure: 'p50Ms',
      of: 'signalbox',
      against: null,
      aim: atMost(10),
    },
    {
      what: 'queued to started, p99',
      unit: 'ms',
      figure: 'p99Ms',
      of: 'signalbox',
      against: null,
      aim: null,
    },
    {
      what: 'first run after the broker was killed and is back',
      unit: 'ms',
      figure: 'backMs',
      of: 'signalbox',
      against: null,
      aim: null,
    },
  ],
  async open(bench, opened) {
    const broker = opened.use(await startBroker({ virtualHosts: ['bench'] }));
    const transport = broker.url('bench');
    const server = opened.use(
      await startSignalbox(
        bench.directory,
        `transport: "${transport}"\nrules: [{ name: job, on: manual, pool: bench, exec: ['true'] }]`,
      ),
    );
    for (const n of agents) opened.use(await startBenchAgent(bench, `bench-${n}`, transport));
    return { signalbox: () => measure(bench, broker, server) };
  },
};

async function measure(bench: Bench, broker: TestBroker, server: Signalbox): Promise<Figures> {
  const before = await server.succeeded('job');
  const count = Math.max(20, Math.round(perSecondOfBurst * bench.seconds));
  const startedAt = performance.now();
  await starts(server, count);
  await until(
    async () => (await server.succeeded('job')) >= before + count,
    'the burst to end',
    patienceMs,
    50,
  );
  const perSecond = count / ((performance.now() - startedAt) / 1000);
  const latencies = await oneByOne(bench, server);
  return {
    perSecond,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    backMs: await recovery(broker, server),
  };
}

/** As many calls at a time as keep the server busy without being a load of their own. */
async function starts(server: Signalbox, count: number): Promise<void> {
  let left = count;
  const one = async () => {
    while (left-- > 0) await server.api('/api/rules/job/run', {});
  };
  await Promise.all(Array.from({ length: 16 }, one));
}

/** From the run's birth until its attempt has begun, of runs that find idle agents. */
async function oneByOne(bench: Bench, server: Signalbox): Promise<readonly number[]> {
  const took: number[] = [];
  const end = performance.now() + bench.seconds * 1000;
  while (performance.now() < end || took.length < 5) {
    const { runs } = await server.api<{ runs: readonly string[] }>('/api/rules/job/run', {});
    const run = await ended(server, runs[0] ?? '');
    took.push(Date.parse(run.startedAt) - Date.parse(run.queuedAt));
  }
  return took;
}

async function recovery(broker: TestBroker, server: Signalbox): Promise<number> {
  await broker.kill();
  const { runs } = await server.api<{ runs: readonly string[] }>('/api/rules/job/run', {});
  await broker.start();
  const backAt = performance.now();
  await ended(server, runs[0] ?? '');
  return performance.now() - backAt;
}

interface Times {
  readonly queuedAt: string;
  readonly startedAt: string;
}

async function ended(server: Signalbox, run: string): Promise<Times> {
  let found: (Times & { readonly outcome: string | null }) | undefined;
  await until(
    async () => {
      found = await server.api(`/api/runs/${run}`);
      return found?.outcome === 'success';
    },
    `${run} to end`,
    patienceMs,
  );
  if (found === undefined) throw new Error(`${run} is gone`);
  return found;
}

async function startBenchAgent(bench: Bench, name: string, transport: string): Promise<Service> {
  const directory = mkdtempSync(join(bench.directory, `${name}-`));
  writeFileSync(
    join(directory, 'agent.yaml'),
    `version: 1\ndata: ./agent\ntransport: "${transport}"\nagent: { name: ${name}, pools: [bench], slots: ${slots} }\n`,
  );
  return startService([program, 'agent', '--config', 'agent.yaml'], {
    cwd: directory,
    env: {},
    output: join(directory, 'output'),
  });
}
