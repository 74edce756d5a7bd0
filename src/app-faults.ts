import type { Executor } from './contracts/executor.ts';
import type { Reporter } from './contracts/reporter.ts';
import type { Store } from './contracts/store.ts';
import type { Transport } from './contracts/transport.ts';
import { faultPoint, isFaultWanted } from './lib/fault-points.ts';
import type { Launcher } from './lib/launcher/launcher.ts';

/** Puts fault points between the rooms, around the parts of the house; the rooms know nothing of them. */
export interface Faults {
  store(store: Store): Store;
  transport(transport: Transport): Transport;
  launcher(launcher: Launcher): Launcher;
  executor(executor: Executor): Executor;
  reporters(reporters: () => readonly Reporter[]): () => readonly Reporter[];
}

const wanted: Faults = {
  store: store => ({
    ...store,
    admit: admission => thenPass('after-insert-before-ack', store.admit(admission)),
    appendLog: (run, chunk) => {
      const appended = store.appendLog(run, chunk);
      faultPoint('mid-log'); // its bytes are on their way to the disk
      return appended;
    },
  }),
  transport: transport => ({
    ...transport,
    control: {
      ...transport.control,
      send: ticket => {
        faultPoint('after-ack'); // the sender of the event has its answer, and no agent has heard of the run
        return transport.control.send(ticket);
      },
    },
    agent: {
      ...transport.agent,
      claim: (agent, run, id) => thenPass('after-claim', transport.agent.claim(agent, run, id)),
    },
  }),
  launcher: launcher => ({
    ...launcher,
    start: (command, take) => thenPass('after-spawn', launcher.start(command, take)),
  }),
  executor: executor => ({
    ...executor,
    execute: (action, context) => thenPass('after-exit-before-record', executor.execute(action, context)),
  }),
  reporters: reporters => () =>
    reporters().map(reporter => ({
      ...reporter,
      // The other side knows, and the outbox does not know that it does.
      report: (report, signal) => thenPass('mid-report', reporter.report(report, signal)),
    })),
};

const none: Faults = {
  store: store => store,
  transport: transport => transport,
  launcher: launcher => launcher,
  executor: executor => executor,
  reporters: reporters => reporters,
};

/** The fault points that this process was started with: none, unless a test of crashes has asked for one. */
export const faults: Faults = isFaultWanted ? wanted : none;

async function thenPass<Result>(
  name: Parameters<typeof faultPoint>[0],
  done: Promise<Result>,
): Promise<Result> {
  const result = await done;
  faultPoint(name);
  return result;
}
