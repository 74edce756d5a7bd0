import { cut } from '../../../domain/shown.ts';
import type { Behaviour } from '../deviations.ts';
import type { Hook } from '../hook.ts';
import { isList, isMap, noMap, type Value, type Values } from '../value.ts';
import { readForm } from './form.ts';
import { headerValues } from './headers.ts';
import { firstJson } from './json.ts';
import { parseJsonParameters } from './json-parameters.ts';
import { readMultipartPayload } from './multipart-payload.ts';
import { peerText } from './peer.ts';
import type { HookRequest, ReadRequest } from './request.ts';
import { decodeBytes, strictUtf8 } from './utf8.ts';
import { readXml } from './xml.ts';

export interface Reading {
  readonly behaviour: Behaviour;
  /** What multipart files may take in memory; the fields' own limit depends on it. */
  readonly multipartMemoryBytes: number;
}

export type RequestRead =
  | { readonly result: 'read'; readonly request: ReadRequest }
  /** Only multipart rejects a request; other bodies that cannot be read count as absent. */
  | { readonly result: 'broken multipart' }
  /** What the original breaks at inside. */
  | { readonly result: 'crash' };

/**
 * A request as the hook reads it: which parser its content type chooses, then `parse-parameters-as-json`. Never throws.
 * A payload is read when somebody looks at it: where the rule asks for a signature first, strangers have nothing parsed.
 */
export function readRequest(
  reading: Reading,
  hook: Hook,
  request: HookRequest,
  parameters: ReadRequest['parameters'],
): RequestRead {
  const headers = headerValues(request);
  const query = readForm(request.query).values;
  const contentType = hook.contentType === '' ? textOf(headers.get('Content-Type')) : hook.contentType;
  const isMultipart = contentType.startsWith('multipart/form-data;');
  const body = isMultipart ? new Uint8Array() : request.body;
  const read = () => readPayload(reading, hook, request, { contentType, isMultipart, body, headers });
  // Only this may refuse the request; there may be no rule that ever looks at it.
  let payload = isMultipart ? read() : undefined;
  if (payload?.result === 'broken multipart') return payload;
  const problems: string[] = [];
  return parseJsonParameters(reading.behaviour, hook, {
    method: request.method,
    peer: peerText(request.peer),
    fields: request.headers,
    headers,
    query,
    parameters,
    get payload() {
      const known = payload?.result === 'payload';
      payload ??= read();
      if (payload.result !== 'payload') return noMap;
      if (!known && payload.problem !== null) problems.push(payload.problem);
      return payload.values;
    },
    body,
    signed: reading.behaviour.has('signMultipart') ? request.body : body,
    receivedAt: request.receivedAt,
    problems,
  });
}

type Payload =
  | { readonly result: 'payload'; readonly values: Values; readonly problem: string | null }
  | { readonly result: 'broken multipart' };

interface Chosen {
  readonly contentType: string;
  readonly isMultipart: boolean;
  readonly body: Uint8Array;
  readonly headers: Values;
}

function readPayload(
  reading: Reading,
  hook: Hook,
  request: HookRequest,
  { contentType, isMultipart, body, headers }: Chosen,
): Payload {
  if (contentType.includes('json')) {
    const values = jsonPayload(body);
    return values === null ? nothing('the body is no JSON object or list') : some(values);
  }
  if (contentType.includes('x-www-form-urlencoded')) {
    const { values, broken } = readForm(Buffer.from(body).toString('latin1'));
    return broken > 0
      ? nothing('the body is no form: it holds a ";" or a broken percent escape')
      : some(values);
  }
  if (contentType.includes('xml')) {
    const text = strictUtf8(body);
    const values = text === null ? null : readXml(text);
    return values === null ? nothing('the body is no XML in UTF-8') : some(values);
  }
  if (isMultipart) {
    const sent = textOf(headers.get('Content-Type'));
    const values = readMultipartPayload(hook, request, sent, reading.multipartMemoryBytes);
    return values === null ? { result: 'broken multipart' } : some(values);
  }
  return nothing(
    contentType === ''
      ? 'the request has no content type, so its body is not read'
      : `bodies of type "${cut(contentType)}" are not read`,
  );
}

const some = (values: Values): Payload => ({ result: 'payload', values, problem: null });
const nothing = (problem: string): Payload => ({ result: 'payload', values: noMap, problem });

/** An object, or a list under the key `root`; `null` is no payload and no mistake. */
function jsonPayload(body: Uint8Array): Values | null {
  const value = firstJson(decodeBytes(body));
  if (value === null) return noMap;
  if (value === undefined || typeof value !== 'object') return null;
  if (isMap(value)) return value;
  return isList(value) ? new Map([['root', value]]) : null;
}

const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
