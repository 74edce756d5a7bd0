import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../config/config.ts';
import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { Transport } from '../contracts/transport.ts';
import type { Journal } from '../engine/journal.ts';
import { createEmbeddedTransport } from '../transport/embedded.ts';
import { openRabbitmqTransport } from '../transport/rabbitmq/transport.ts';
import { onlyTheirOwn } from './only-their-own.ts';

/** The transport that the configuration chooses, for a control plane. */
export async function openTransport(needs: {
  readonly config: Pick<Config, 'transport'>;
  /** What this control plane's own agent is called. */
  readonly name: string;
  readonly store: Pick<Store, 'run' | 'keepFirst'>;
  readonly clock: Clock;
  readonly journal: Journal;
}): Promise<Transport> {
  const { config, store, clock, journal } = needs;
  if (config.transport.kind === 'embedded') return createEmbeddedTransport();
  const { address } = config.transport;
  const transport = await openRabbitmqTransport({
    address,
    connectionName: `signalbox control plane of ${needs.name}`,
    clock,
    ticketSecret: await ticketSecret(store),
    trouble: error => journal.note({ kind: 'trouble', where: 'RabbitMQ', error }),
  });
  return {
    ...transport,
    control: { ...transport.control, serve: served => transport.control.serve(onlyTheirOwn(served, store)) },
  };
}

/** Made by whichever control plane of the store comes first. */
async function ticketSecret(store: Pick<Store, 'keepFirst'>): Promise<string> {
  const made = randomBytes(32).toString('base64url');
  return JSON.stringify(await store.keepFirst({ source: 'secret of tickets', position: made }));
}

/**
 * The name of the agent inside a server, which is `named` by its store: where several servers share a broker, no two have the
 * same one, and each finds its own again after a restart.
 */
export function localName(
  { transport, dataDir }: Pick<Config, 'transport' | 'dataDir'>,
  named: string,
): string {
  if (transport.kind === 'embedded' || named !== 'local') return named;
  const host = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 40);
  const place = createHash('sha256').update(dataDir).digest('hex').slice(0, 6);
  return `local-${host}-${place}`;
}

/** The name of the agent whose runs other CI services do, beside the one of that name. */
export function providersName(local: string): string {
  return local.replace(/^local/, 'providers');
}
