import type { Hook } from '../hook.ts';
import { isMap, noMap, type Value, type Values } from '../value.ts';
import { readForm } from './form.ts';
import { firstJson } from './json.ts';
import { readMediaType } from './media-type.ts';
import { type Part, readMultipart } from './multipart.ts';
import type { HookRequest } from './request.ts';
import { decodeBytes } from './utf8.ts';

/**
 * Fields as text, and files that are JSON objects: those of exactly that type, and those that the hook wants parsed.
 * Of equal names the first counts; a file that is no object stands as an empty one. Null: the body cannot be read.
 */
export function readMultipartPayload(
  hook: Hook,
  request: HookRequest,
  contentType: string,
  memoryBytes: number,
): Values | null {
  const type = readMediaType(contentType);
  // The original reads the query on the way, and gives up where that is broken.
  if (type?.type !== 'multipart/form-data' || readForm(request.query).broken > 0) return null;
  const parts = readMultipart(request.body, type.parameters.get('boundary') ?? '', memoryBytes);
  if (parts === null) return null;
  const fields = new Map<string, Value>();
  const files = new Map<string, Part>();
  for (const part of parts) {
    if (part.filename !== '') {
      if (!files.has(part.name)) files.set(part.name, part);
    } else if (!fields.has(part.name)) fields.set(part.name, decodeBytes(part.content));
  }
  for (const [name, part] of files) {
    const wanted = hook.jsonParameters.some(each => each.source === 'payload' && each.name === name);
    if (!wanted && !part.contentTypes.includes('application/json')) continue;
    const value = firstJson(decodeBytes(part.content));
    fields.set(name, value !== undefined && isMap(value) ? value : noMap);
  }
  return fields.size === 0 ? noMap : fields;
}
