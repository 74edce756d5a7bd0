import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SignalboxError } from '../domain/errors.ts';
import type { Sample } from '../sources/hooks/sample/read-sample.ts';
import { type CliIo, hint } from './io.ts';
import { connect, type Options } from './server-options.ts';
import { eventDetail } from './wire/event.ts';

/** The request that a sample describes: in a file, or, by its id or as "last", a stored event that a request has caused. */
export async function hookSample(io: CliIo, named: string, options: Options): Promise<Sample> {
  if (!existsSync(resolve(io.cwd, named)) && (named === 'last' || named.startsWith('evt_')))
    return storedRequest(io, named, options);
  const { readSample } = await import('../sources/hooks/sample/read-sample.ts');
  const sample = readSample(readNamedFile(io, named), io.now());
  if (sample !== null) return sample;
  throw new SignalboxError(
    'invalid',
    `${named} is no sample: write JSON with method, headers, query and body, or a request as it goes over the wire`,
  );
}

/** What stands for a value that nobody may read later. */
const concealed = '***';

async function storedRequest(io: CliIo, id: string, options: Options): Promise<Sample> {
  const { route } = await import('../sources/hooks/route.ts');
  const api = await connect(io, options);
  const { value: event } = await api.get(`/api/events/${encodeURIComponent(id)}`, eventDetail);
  const { delivery } = event;
  if (delivery === null)
    throw new SignalboxError(
      'invalid',
      `no request has caused ${event.id}: name the event of one, or a file`,
    );
  const lacking = delivery.headers.filter(([, value]) => value === concealed).map(([name]) => name);
  if (lacking.length > 0)
    hint(io, `secrets of a request are not kept, so ${lacking.join(', ')} cannot be what it was`);
  const way = route('hooks', delivery.method, delivery.path);
  const peer = delivery.peer === '' ? null : { address: delivery.peer, port: 0 };
  return {
    id: way.kind === 'hook' ? way.id : null,
    request: {
      method: delivery.method,
      headers: delivery.headers,
      query: way.kind === 'hook' ? way.query : (delivery.path.split('?')[1] ?? ''),
      body: Buffer.from(delivery.body, delivery.bodyEncoding),
      complete: true,
      peer,
      receivedAt: Date.parse(delivery.receivedAt),
    },
  };
}

/** A file that somebody has named; throws a sentence when it cannot be read. */
export function readNamedFile({ cwd }: Pick<CliIo, 'cwd'>, named: string): Uint8Array {
  try {
    return readFileSync(resolve(cwd, named));
  } catch (error) {
    throw new SignalboxError('not_found', `${named} cannot be read: is the name right?`, { cause: error });
  }
}
