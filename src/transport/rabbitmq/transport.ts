import type { AgentEnd, Transport } from '../../contracts/transport.ts';
import { createAgentEnd } from './agent-end.ts';
import { type Broker, type BrokerOptions, connectBroker } from './broker.ts';
import { createControlEnd } from './control-end.ts';
import { createTicketKeys } from './ticket-keys.ts';

export interface ControlOptions extends BrokerOptions {
  /** Known to the control planes of one store, and to nobody else. */
  readonly ticketSecret: string;
  /** Hears that a queue had to be made: tickets that were sent before may have been in one that is gone. */
  readonly ticketsLost: () => void;
}

/** Both ends over RabbitMQ, for a control plane with agents of its own. Tickets survive restarts of everybody. */
export async function openRabbitmqTransport(options: ControlOptions): Promise<Transport> {
  await using opening = new AsyncDisposableStack();
  const broker = opening.use(await connectBroker(options));
  const control = opening.use(
    await createControlEnd(broker, createTicketKeys(options.ticketSecret), options.ticketsLost),
  );
  const agent = opening.use(createAgentEnd(broker, 'waits'));
  const open = opening.move();
  return {
    remembersTickets: true,
    control,
    agent: {
      ...agent,
      receive: async (pools, ...rest) => {
        // A queue that is being made does not like to be asked for: who may make it does that first.
        await control.declarePools(pools).catch(broker.trouble);
        await agent.receive(pools, ...rest);
      },
    },
    [Symbol.asyncDispose]: () => close(broker, open),
  };
}

/** The end of one agent alone, which needs the least rights. */
export async function openRabbitmqAgent(options: BrokerOptions): Promise<AgentEnd & AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const broker = opening.use(await connectBroker(options));
  const agent = opening.use(createAgentEnd(broker, 'ends'));
  const open = opening.move();
  return { ...agent, [Symbol.asyncDispose]: () => close(broker, open) };
}

/** Channels say goodbye to a broker that is there, and wait for one that is not. */
async function close(broker: Broker, parts: AsyncDisposable): Promise<void> {
  if (broker.link().state === 'down') await broker[Symbol.asyncDispose]();
  await parts[Symbol.asyncDispose]();
}
