import { randomUUID } from 'node:crypto';
import type { ControlEnd, Hint } from '../../contracts/transport.ts';
import type { Broker } from './broker.ts';
import { readFrame, writeFrame } from './frame.ts';
import { exchanges } from './names.ts';
import { readHints } from './wire.ts';

/** Hints that fall within this time go out as one message: others notice no delay, and a flood of runs is a trickle. */
const gatherMs = 20;

/** Hints within this control plane, at once, and between all of them. */
export interface Hints extends AsyncDisposable {
  readonly tell: ControlEnd['hint'];
  readonly listen: ControlEnd['onHint'];
  /** Takes what another control plane has sent. */
  hear(body: unknown): void;
}

export function createHints(broker: Broker): Hints {
  const self = randomUUID();
  const listeners = new Set<(hint: Hint) => void>();
  const publisher = broker.connection.createPublisher({ confirm: false });
  const gathered = new Set<Hint>();
  let timer: NodeJS.Timeout | undefined;

  const tellHere = (hint: Hint): void => {
    for (const hear of listeners) hear(hint);
  };
  function send(): void {
    timer = undefined;
    const hints = [...gathered];
    gathered.clear();
    // May be lost: whoever waits also looks by itself.
    if (broker.link().state === 'up')
      publisher.send({ exchange: exchanges.hints }, writeFrame({ from: self, hints })).catch(() => undefined);
  }
  return {
    tell: hint => {
      tellHere(hint);
      gathered.add(hint);
      timer ??= setTimeout(send, gatherMs);
    },
    listen: listener => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    hear: body => {
      const read = readFrame(body);
      const told = read.result === 'read' ? readHints(read.head) : undefined;
      if (told !== undefined && told.from !== self) told.hints.forEach(tellHere);
    },
    [Symbol.asyncDispose]: async () => {
      clearTimeout(timer);
      await publisher.close();
    },
  };
}
