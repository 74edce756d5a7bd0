import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Caller } from '../auth/guard.ts';
import type { ApiNeeds } from './needs.ts';
import { parseInput } from './parse-input.ts';

/** A request as HTTP brings it. */
export interface RawCall {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly caller: Caller;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** A request as a handler gets it: read once, before anything is done. */
interface Call<Params, Query, Body> extends Omit<RawCall, 'params' | 'query' | 'body'> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** An answer that goes out piece by piece, as fast as it is read. */
export interface Stream {
  readonly type: string;
  /** What a browser saves it as that opens it by its address; null for what is only read by programs. */
  readonly fileName: string | null;
  readonly chunks: AsyncIterable<string | Uint8Array>;
}

type Reply =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'stream'; readonly stream: Stream };

/** What an operation takes, and what it may refuse with. */
interface Operation<Params, Query, Body> {
  /** The operation's name in clients that are generated from the document. */
  readonly id: string;
  readonly summary: string;
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  readonly body: z.ZodType<Body>;
  /** Beside what every operation may refuse with. */
  readonly errors: readonly ErrorCode[];
}

/** How it answers when all is well; a 204 has no content. */
interface Success {
  readonly status: number;
  readonly content: Readonly<Record<string, z.ZodType>>;
}

interface JsonOperation<Params, Query, Body, Answer> extends Operation<Params, Query, Body> {
  readonly status: 200 | 201 | 204;
  readonly answer: z.ZodType<Answer>;
  handle(needs: ApiNeeds, call: Call<Params, Query, Body>): Promise<Answer>;
}

interface StreamOperation<Params, Query, Body> extends Operation<Params, Query, Body> {
  readonly types: readonly string[];
  handle(needs: ApiNeeds, call: Call<Params, Query, Body>): Promise<Stream>;
}

/** One operation of the API: documented and checked from the same schemas. */
export interface Endpoint {
  readonly operation: Operation<unknown, unknown, unknown>;
  readonly success: Success;
  handle(needs: ApiNeeds, call: RawCall): Promise<Reply>;
}

/** An operation that answers JSON. */
export function endpoint<Params, Query, Body, Answer>(
  operation: JsonOperation<Params, Query, Body, Answer>,
): Endpoint {
  const { status, answer } = operation;
  return {
    operation,
    success: { status, content: status === 204 ? {} : { 'application/json': answer } },
    handle: async (needs, call) => {
      const body = await operation.handle(needs, parseCall(operation, call));
      return { kind: 'json', status, body };
    },
  };
}

/** An operation that answers a stream. */
export function streamEndpoint<Params, Query, Body>(
  operation: StreamOperation<Params, Query, Body>,
): Endpoint {
  return {
    operation,
    success: { status: 200, content: Object.fromEntries(operation.types.map(type => [type, z.string()])) },
    handle: async (needs, call) => {
      const stream = await operation.handle(needs, parseCall(operation, call));
      return { kind: 'stream', stream };
    },
  };
}

function parseCall<Params, Query, Body>(
  operation: Operation<Params, Query, Body>,
  call: RawCall,
): Call<Params, Query, Body> {
  return {
    ...call,
    params: parseInput('path', operation.params, call.params),
    query: parseInput('query', operation.query, call.query),
    body: parseInput('body', operation.body, call.body),
  };
}
