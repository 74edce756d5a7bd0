import { z } from 'zod';
import type { HookRequest } from '../request/request.ts';
import { strictUtf8 } from '../request/utf8.ts';
import { route } from '../route.ts';
import { readRawHttp } from './raw-http.ts';

/** A request to try hooks with. */
export interface Sample {
  readonly request: HookRequest;
  /** The hook that its path names; null where it names none. */
  readonly id: string | null;
}

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const schema = z.strictObject({
  method: z.string().default('POST'),
  /** A path such as `/hooks/deploy?a=1`. */
  target: z.string().optional(),
  headers: texts.default({}),
  query: z.union([z.string(), texts]).default(''),
  body: z.unknown().optional(),
  'remote-addr': z.string().default('127.0.0.1'),
});

/**
 * A sample as people keep it: a request as it goes over the wire, or JSON with method, headers, query and body. A body
 * that is no text is sent as JSON, and says so. Null: it is neither.
 */
export function readSample(bytes: Uint8Array, receivedAt: number): Sample | null {
  const raw = readRawHttp(bytes);
  if (raw !== null) {
    const { id, query } = aimedAt(raw.method, raw.target);
    const peer = { address: '127.0.0.1', port: 0 };
    return { request: { ...raw, query, peer, receivedAt }, id };
  }
  const sample = fromJson(bytes);
  if (sample === null) return null;
  const isText = typeof sample.body === 'string' || sample.body === undefined;
  const body = Buffer.from(
    typeof sample.body === 'string' ? sample.body : isText ? '' : JSON.stringify(sample.body),
  );
  const headers = Object.entries(sample.headers).map(
    ([name, value]) => [name, byteString(String(value))] as const,
  );
  const isTyped = isText || headers.some(([name]) => name.toLowerCase() === 'content-type');
  const aim = aimedAt(sample.method, sample.target);
  return {
    request: {
      method: sample.method,
      headers: isTyped ? headers : [...headers, ['Content-Type', 'application/json']],
      query:
        typeof sample.query === 'string'
          ? sample.query.replace(/^\?/, '') || aim.query
          : formOf(sample.query),
      body,
      complete: true,
      peer: { address: sample['remote-addr'], port: 0 },
      receivedAt,
    },
    id: aim.id,
  };
}

function aimedAt(method: string, target = '/'): { readonly id: string | null; readonly query: string } {
  const way = route('hooks', method, target);
  return way.kind === 'hook' ? way : { id: null, query: '' };
}

function fromJson(bytes: Uint8Array): z.output<typeof schema> | null {
  try {
    return schema.parse(JSON.parse(strictUtf8(bytes) ?? ''));
  } catch {
    return null;
  }
}

const formOf = (values: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');

/** One character per byte, as headers come. */
const byteString = (text: string): string => Buffer.from(text).toString('latin1');
