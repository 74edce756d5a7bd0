import type { Behaviour } from '../deviations.ts';
import type { Argument, Hook } from '../hook.ts';
import { obtain } from '../obtain.ts';
import { itemAt } from '../reference.ts';
import { isList, isMap, noMap, type Value, type Values } from '../value.ts';
import { canonicalName } from './headers.ts';
import { firstJson } from './json.ts';
import type { RequestRead } from './read-request.ts';
import type { ReadRequest } from './request.ts';

/** Replaces each value that `parse-parameters-as-json` names by the object that its text contains. */
export function parseJsonParameters(behaviour: Behaviour, hook: Hook, request: ReadRequest): RequestRead {
  let read = request;
  for (const argument of hook.jsonParameters) {
    const parsed = parse(argument, read);
    if (parsed.result === 'problem') {
      read = { ...read, problems: [...read.problems, parsed.problem] };
      continue;
    }
    if (!behaviour.has('dottedJsonParameters') && parsed.name.includes('.')) return { result: 'crash' };
    const values = replaced(read[parsed.where], parsed.name, parsed.value);
    if (isMap(values)) read = { ...read, [parsed.where]: values };
  }
  return { result: 'read', request: read };
}

type Parsed =
  | { readonly result: 'problem'; readonly problem: string }
  | {
      readonly result: 'parsed';
      readonly where: 'headers' | 'query' | 'payload';
      readonly name: string;
      readonly value: Values;
    };

function parse(argument: Argument, request: ReadRequest): Parsed {
  const named = `parse-parameters-as-json: ${argument.source} "${argument.name}"`;
  const obtained = obtain(argument, request);
  if (obtained.result !== 'value') return { result: 'problem', problem: `${named}: ${obtained.reason}` };
  const value = firstJson(obtained.text);
  if (value === undefined || (value !== null && !isMap(value)))
    return { result: 'problem', problem: `${named} does not contain a JSON object` };
  const object = value ?? noMap;
  switch (argument.source) {
    case 'header':
      return { result: 'parsed', where: 'headers', name: canonicalName(argument.name), value: object };
    case 'url':
    case 'query':
      return { result: 'parsed', where: 'query', name: argument.name, value: object };
    case 'payload':
      return { result: 'parsed', where: 'payload', name: argument.name, value: object };
    default:
      return {
        result: 'problem',
        problem: `${named}: only values of payload, header and query can be replaced`,
      };
  }
}

/** The value with what stands at the reference replaced; the way is the one that `follow` takes. */
function replaced(value: Value, reference: string, by: Value): Value {
  const dot = reference.indexOf('.');
  const first = dot === -1 ? reference : reference.slice(0, dot);
  if (isMap(value)) {
    if (dot === -1 || value.has(reference)) return new Map(value).set(reference, by);
    const inner = value.get(first);
    return inner === undefined
      ? value
      : new Map(value).set(first, replaced(inner, reference.slice(dot + 1), by));
  }
  if (value === null || !isList(value)) return value;
  const inner = itemAt(value, first);
  if (inner === undefined) return value;
  return value.with(Number(first), dot === -1 ? by : replaced(inner, reference.slice(dot + 1), by));
}
