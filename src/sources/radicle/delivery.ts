import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { StoredDelivery } from '../../contracts/store.ts';
import type { NewEvent } from '../../domain/event.ts';
import { deliveryId } from '../../domain/id.ts';
import { type Hint, names } from './look.ts';

const line = z.object({ type: z.string() });

/**
 * The line in which the node has told of an event, as it came: the last one, where several did. Null: it was found by
 * looking alone.
 */
export function deliveryOf(
  { clock, socket }: { readonly clock: Clock; readonly socket: string },
  { ref }: Pick<NewEvent, 'ref'>,
  { told }: Pick<Hint, 'told'>,
): StoredDelivery | null {
  if (ref === null) return null;
  const found = told.findLast(each => names(each, ref));
  if (found === undefined) return null;
  return {
    delivery: {
      id: deliveryId(clock.unique()),
      source: 'radicle',
      receivedAt: clock.now(),
      peer: socket,
      method: 'EVENT',
      path: line.parse(JSON.parse(found.line)).type,
      headers: [],
      body: Buffer.from(found.line),
    },
    authentication: { result: 'not required', reason: "it is the node's own socket, on this machine" },
  };
}
