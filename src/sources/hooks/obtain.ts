import type { Argument } from './hook.ts';
import { follow } from './reference.ts';
import { render, toJson } from './render.ts';
import { canonicalName } from './request/headers.ts';
import type { ReadRequest } from './request/request.ts';
import { decodeBytes } from './request/utf8.ts';
import type { Values } from './value.ts';

/** The sources that an argument may name. */
export const sources: readonly string[] = [
  'payload',
  'header',
  'url',
  'query',
  'path',
  'request',
  'string',
  'raw-request-body',
  'entire-payload',
  'entire-headers',
  'entire-query',
];

export type Obtained =
  /** Bytes that are no text are in it as `decodeBytes` reads them. */
  | { readonly result: 'value'; readonly text: string }
  /** The request does not hold it. */
  | { readonly result: 'missing'; readonly reason: string }
  /** It cannot be asked for. */
  | { readonly result: 'broken'; readonly reason: string };

/** The value that an argument stands for. Never throws. */
export function obtain({ source, name }: Argument, request: ReadRequest): Obtained {
  switch (source) {
    case 'payload':
      return referred(request.payload, name);
    case 'header':
      return referred(request.headers, canonicalName(name));
    case 'url':
    case 'query':
      return referred(request.query, name);
    case 'request':
      return ofRequest(name, request);
    case 'path':
      return ofPath(name, request);
    case 'string':
      return found(name);
    case 'raw-request-body':
      return found(decodeBytes(request.body));
    case 'entire-payload':
      return found(toJson(request.payload));
    case 'entire-headers':
      return found(toJson(request.headers));
    case 'entire-query':
      return found(toJson(request.query));
    default:
      return {
        result: 'broken',
        reason: source === '' ? 'no source is named' : `there is no source "${source}"`,
      };
  }
}

const found = (text: string): Obtained => ({ result: 'value', text });

function referred(values: Values, reference: string): Obtained {
  const way = follow(values, reference);
  switch (way.result) {
    case 'value':
      return found(render(way.value));
    case 'missing':
      return { result: 'missing', reason: 'is missing' };
    case 'null':
      return { result: 'broken', reason: `"${way.at}" is null, so nothing can be looked up in it` };
  }
}

function ofPath(name: string, { parameters }: ReadRequest): Obtained {
  const value = parameters.get(name);
  return value === undefined
    ? { result: 'broken', reason: `the hook's id has no parameter {${name}}` }
    : found(value);
}

function ofRequest(name: string, { method, peer }: ReadRequest): Obtained {
  switch (name.toLowerCase()) {
    case 'method':
      return found(method);
    case 'remote-addr':
      return found(peer);
    default:
      return { result: 'broken', reason: `a request has no "${name}", only method and remote-addr` };
  }
}
