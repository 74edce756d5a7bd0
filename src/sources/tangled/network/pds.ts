import { z } from 'zod';
import { SignalboxError } from '../../../domain/errors.ts';
import type { Net } from '../net.ts';
import type { Identities } from './identity.ts';
import type { Collection } from './records.ts';

/** A record under its key. */
export interface Listed<Value> {
  readonly rkey: string;
  readonly value: Value;
}

/** People's records, as the servers of their accounts have them now. */
export interface Pds {
  /** All that can be read as such records. Throws `unavailable` or `not_found` rather than giving a part of them. */
  list<Value>(
    did: string,
    collection: Collection,
    schema: z.ZodType<Value>,
    signal: AbortSignal,
  ): Promise<readonly Listed<Value>[]>;
  /** Null when there is none, or none that can be read. */
  record<Value>(
    did: string,
    collection: Collection,
    rkey: string,
    schema: z.ZodType<Value>,
    signal: AbortSignal,
  ): Promise<Value | null>;
  blob(
    did: string,
    cid: string,
    mostBytes: number,
    signal: AbortSignal,
  ): Promise<{ readonly type: string; readonly bytes: Buffer }>;
}

const pageSize = 100;
/** Ten thousand repositories of one person, of which this spindle runs a few. */
const mostPages = 100;

const page = z.object({
  records: z.array(z.object({ uri: z.string(), value: z.unknown() })),
  cursor: z.string().nullish(),
});
const single = z.object({ value: z.unknown() });

export function createPds(net: Pick<Net, 'get' | 'json'>, identities: Pick<Identities, 'of'>): Pds {
  async function method(
    did: string,
    name: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<URL> {
    const { pds } = await identities.of(did, signal);
    if (pds === null) throw new SignalboxError('not_found', `${did} has no server for its records`);
    const url = new URL(`/xrpc/${name}`, pds);
    url.search = new URLSearchParams(query).toString();
    return url;
  }

  return {
    async list(did, collection, schema, signal) {
      const found: Listed<z.output<typeof schema>>[] = [];
      let cursor: string | undefined;
      for (let pages = 0; ; pages++) {
        if (pages === mostPages)
          throw new SignalboxError(
            'too_large',
            `${did} has more than ${mostPages * pageSize} records of ${collection}`,
          );
        const query = {
          repo: did,
          collection,
          limit: String(pageSize),
          ...(cursor === undefined ? {} : { cursor }),
        };
        const url = await method(did, 'com.atproto.repo.listRecords', query, signal);
        const read = page.safeParse(await net.json(url, signal));
        if (!read.success)
          throw new SignalboxError('unavailable', `${url.host} does not list records as it should`);
        for (const { uri, value } of read.data.records) {
          const record = schema.safeParse(value);
          if (record.success) found.push({ rkey: uri.slice(uri.lastIndexOf('/') + 1), value: record.data });
        }
        cursor = read.data.cursor ?? undefined;
        if (cursor === undefined || read.data.records.length === 0) return found;
      }
    },

    async record(did, collection, rkey, schema, signal) {
      const url = await method(did, 'com.atproto.repo.getRecord', { repo: did, collection, rkey }, signal);
      try {
        const read = single.safeParse(await net.json(url, signal));
        return schema.safeParse(read.data?.value).data ?? null;
      } catch (error) {
        // Servers answer 400 to who asks for a record that is not there.
        if (error instanceof SignalboxError && !error.retryable) return null;
        throw error;
      }
    },

    async blob(did, cid, mostBytes, signal) {
      const url = await method(did, 'com.atproto.sync.getBlob', { did, cid }, signal);
      const { status, contentType, bytes } = await net.get(url, mostBytes, signal);
      if (status !== 200)
        throw new SignalboxError(
          status >= 500 ? 'unavailable' : 'not_found',
          `${url.host} answers ${status} for the blob ${cid}`,
        );
      return { type: contentType, bytes };
    },
  };
}
