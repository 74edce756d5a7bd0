import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentWishes, startAgent, type TestAgent } from './agent.ts';
import { type BrokerUser, startBroker, type TestBroker } from './rabbitmq-server.ts';
import { startServer, type TestServer, until } from './server.ts';

/** A run as the API shows it. */
export interface RunJson {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly attempt: number;
  readonly agent: string | null;
  readonly reason: string | null;
  readonly waits: string | null;
}

export interface AgentJson {
  readonly name: string;
  readonly state: string;
  readonly slots: number;
  readonly running: readonly { readonly run: string }[];
}

/** A broker, a server, and whatever agents a test wants. */
export interface Fleet extends AsyncDisposable {
  readonly broker: TestBroker;
  readonly server: TestServer;
  /** Jobs write a line into it with `$WITNESS`. */
  readonly witness: string;
  /** What they have written, a line each. */
  witnessed(): readonly string[];
  agent(wishes: Pick<AgentWishes, 'name'> & Partial<AgentWishes>): Promise<TestAgent>;
  /** Starts a run of a rule by hand. */
  readonly run: (rule: string) => Promise<string>;
  readonly show: (run: string) => Promise<RunJson>;
  /** How it is when it has ended. */
  ended(run: string): Promise<RunJson>;
  agents(): Promise<readonly AgentJson[]>;
}

/** What agents have to be silent for, until what they had is lost. */
export const leaseMs = 15_000;

/** Starts a broker, with these users beside its `admin`, and a server with these rules; `$WITNESS` in them is a file. */
export async function openFleet(rules: string, users: readonly BrokerUser[] = []): Promise<Fleet> {
  await using parts = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-fleet-'));
  parts.defer(() => rmSync(directory, { recursive: true, force: true }));
  const witness = join(directory, 'witness');
  const broker = parts.use(await startBroker({ virtualHosts: ['sb'], users }));
  const server = parts.use(
    await startServer(
      `version: 1
data: ./data
transport: "${broker.url('sb')}"
limits: { lease: ${leaseMs}ms }
secrets: { SHARED: "\${env:SHARED}", OWN: "\${env:SHARED}" }
rules:
${rules.replaceAll('$WITNESS', witness)}`,
      { SHARED: 'from the server' },
    ),
  );
  const show = (run: string) => server.api<RunJson>(`/api/runs/${run}`);
  const open = parts.move();
  return {
    broker,
    server,
    witness,
    witnessed: () => {
      try {
        return readFileSync(witness, 'utf8').split('\n').filter(Boolean);
      } catch {
        // Nothing has been written yet.
        return [];
      }
    },
    agent: async wishes =>
      open.use(await startAgent({ pools: ['linux'], slots: 2, transport: broker.url('sb'), ...wishes })),
    run: async rule => {
      const { runs } = await server.api<{ runs: readonly string[] }>(`/api/rules/${rule}/run`, {
        method: 'POST',
        body: '{}',
      });
      const [run] = runs;
      if (run === undefined) throw new Error(`${rule} has started nothing`);
      return run;
    },
    show,
    ended: run =>
      until(
        async () => {
          const now = await show(run);
          return now.state === 'finished' ? now : undefined;
        },
        `${run} to end`,
        120_000,
      ),
    agents: async () => (await server.api<{ items: readonly AgentJson[] }>('/api/agents')).items,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
