import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { StoredDelivery } from '../../contracts/store.ts';
import type { Authentication, Delivery, RefusedDelivery } from '../../domain/delivery.ts';
import { iso } from './time.ts';

interface DeliveryHeadJson {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: string;
  readonly peer: string;
  readonly method: string;
  readonly path: string;
  /** In the order they came; a name may come more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly authentication: Authentication;
}

/** What arrived, as an admin may see it. */
export interface DeliveryJson extends DeliveryHeadJson {
  readonly body: string;
  /** `utf8`: the body is text as it came; `base64`: it is not text. */
  readonly bodyEncoding: 'utf8' | 'base64';
  readonly bodyBytes: number;
}

/** What is left of a delivery that was refused. */
export interface RefusalJson extends DeliveryHeadJson {
  readonly bodyBytes: number;
  /** SHA-256, hex. */
  readonly bodyHash: string;
  readonly status: number;
  readonly reason: string;
}

export const authenticationSchema: z.ZodType<Authentication> = z
  .discriminatedUnion('result', [
    z.object({ result: z.literal('verified'), by: z.string(), secret: z.string() }),
    z.object({ result: z.literal('refused'), by: z.string(), reason: z.string() }),
    z.object({ result: z.literal('not required'), reason: z.string() }),
    z.object({ result: z.literal('fetched'), from: z.string() }),
  ])
  .meta({ id: 'Authentication' });

const head = {
  id: z.string(),
  source: z.string(),
  receivedAt: z.iso.datetime(),
  peer: z.string(),
  method: z.string(),
  path: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  authentication: authenticationSchema,
};

export const deliverySchema: z.ZodType<DeliveryJson> = z
  .object({ ...head, body: z.string(), bodyEncoding: z.enum(['utf8', 'base64']), bodyBytes: z.int() })
  .meta({ id: 'Delivery' });

export const refusalSchema: z.ZodType<RefusalJson> = z
  .object({ ...head, bodyBytes: z.int(), bodyHash: z.string(), status: z.int(), reason: z.string() })
  .meta({ id: 'Refusal' });

export function deliveryJson({ delivery, authentication }: StoredDelivery): DeliveryJson {
  const { body } = delivery;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const bodyEncoding = isUtf8(bytes) ? 'utf8' : 'base64';
  return {
    ...headJson(delivery, authentication),
    body: bytes.toString(bodyEncoding),
    bodyEncoding,
    bodyBytes: bytes.length,
  };
}

export function refusalJson(refused: RefusedDelivery): RefusalJson {
  const { delivery, authentication, bodyBytes, bodyHash, status, reason } = refused;
  return { ...headJson(delivery, authentication), bodyBytes, bodyHash, status, reason };
}

function headJson(delivery: Omit<Delivery, 'body'>, authentication: Authentication): DeliveryHeadJson {
  const { id, source, receivedAt, peer, method, path, headers } = delivery;
  return { id, source, receivedAt: iso(receivedAt), peer, method, path, headers, authentication };
}
