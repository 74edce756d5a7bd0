import { createHmac, randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { SignalboxError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { type DeliveryJson, deliverySchema } from '../../server/json/delivery.ts';
import { type Edits, edit, hasEdits } from './edit.ts';
import { readSample, type Sample, sampleNames, sampleSchema } from './sample.ts';

/** What is going to be posted: the very bytes and their headers. */
export interface Parcel {
  /** On the public door. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Packing {
  readonly edits: Edits;
  /** GitHub's word for a file that is only a body. */
  readonly event: string | undefined;
  /** Undefined: a new one. */
  readonly delivery: string | undefined;
  readonly secret: string | undefined;
}

/** Larger than any forge sends. */
const largestFileBytes = 64 * 1024 * 1024;
const githubPath = '/github';
/** Of one connection, not of the message. */
const connectionHeaders: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Makes something ready to post: a sample that comes with signalbox, a file like one, an event as `events show --json`
 * prints it, or a bare payload. Changed as wished, with a new delivery id, signed over the very bytes.
 */
export async function pack(cwd: string, what: string, packing: Packing): Promise<Parcel> {
  const { path, headers, bytes: original } = await unpacked(cwd, what, packing.event);
  const bytes = hasEdits(packing.edits) ? encode(edit(payload(what, original), packing.edits)) : original;
  const named = 'x-github-event' in headers ? { 'x-github-delivery': packing.delivery ?? randomUUID() } : {};
  const signed = packing.secret === undefined ? {} : { 'x-hub-signature-256': sign(bytes, packing.secret) };
  return { path, headers: { ...headers, ...named, ...signed }, bytes };
}

/** The header by which GitHub proves that it knows the secret. */
export function sign(bytes: Uint8Array, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
}

async function unpacked(cwd: string, what: string, event: string | undefined): Promise<Parcel> {
  const names = await sampleNames();
  if (names.includes(what)) return fromSample(await readSample(what));
  const bytes = await readGiven(resolve(cwd, what), what, names);
  const json = payload(what, bytes);
  const sample = sampleSchema.safeParse(json);
  if (sample.success) return fromSample(sample.data);
  const exported = exportedEvent.safeParse(json);
  if (exported.success) return fromExport(what, exported.data.delivery);
  if (event === undefined)
    throw new SignalboxError('invalid', `${what} is a payload alone: say what it is, like --event push`);
  return {
    path: githubPath,
    headers: { 'content-type': 'application/json', 'x-github-event': event },
    bytes,
  };
}

const fromSample = ({ headers, body }: Sample): Parcel => ({
  path: githubPath,
  headers,
  bytes: encode(body),
});

/** What `events show --json` prints, as far as it matters here. */
const exportedEvent = z.object({ id: z.string().startsWith('evt_'), delivery: deliverySchema.nullable() });

function fromExport(what: string, delivery: DeliveryJson | null): Parcel {
  if (delivery === null)
    throw new SignalboxError(
      'invalid',
      `no delivery caused the event in ${what}: repeat it with "signalbox events replay ID"`,
    );
  const kept = delivery.headers.filter(([name]) => !connectionHeaders.has(name));
  return {
    path: delivery.path,
    headers: Object.fromEntries(new Headers(kept.map(([name, value]) => [name, value]))),
    bytes: Buffer.from(delivery.body, delivery.bodyEncoding),
  };
}

async function readGiven(
  file: string,
  what: string,
  samples: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile())
    throw new SignalboxError(
      'not_found',
      `there is no file and no sample "${what}"; samples: ${samples.join(', ')}`,
    );
  if (found.size > largestFileBytes)
    throw new SignalboxError(
      'too_large',
      `${what} is larger than ${largestFileBytes} bytes: no forge sends that`,
    );
  return readFile(file);
}

function payload(what: string, bytes: Uint8Array): Json {
  try {
    return z.json().parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    throw new SignalboxError('invalid', `${what} is not JSON`, { cause: error });
  }
}

/** As forges write it: no spaces. */
const encode = (body: Json): Uint8Array<ArrayBuffer> => Buffer.from(JSON.stringify(body));
