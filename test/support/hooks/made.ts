import { ours } from '../../../src/sources/hooks/deviations.ts';
import { readHooks } from '../../../src/sources/hooks/file/read-hooks.ts';
import type { Hook } from '../../../src/sources/hooks/hook.ts';
import type { HookRequest, ReadRequest } from '../../../src/sources/hooks/request/request.ts';
import { noMap } from '../../../src/sources/hooks/value.ts';

/** A hook as a file would give it. */
export function hook(properties: object = {}): Hook {
  const read = readHooks(
    { behaviour: ours, template: null, references: null },
    Buffer.from(JSON.stringify([properties])),
  );
  const made = read.result === 'read' ? read.file.hooks[0] : undefined;
  if (made === undefined) throw new Error(read.result === 'refused' ? read.message : 'no hook');
  return made;
}

/** A request as it comes. */
export function request(changes: Partial<HookRequest> & { readonly text?: string } = {}): HookRequest {
  const { text = '', ...others } = changes;
  return {
    method: 'POST',
    headers: [['Content-Type', 'application/json']],
    query: '',
    body: Buffer.from(text),
    complete: true,
    peer: { address: '127.0.0.1', port: 4000 },
    receivedAt: Date.UTC(2026, 10, 21, 12),
    ...others,
  };
}

/** A request as a hook has read it. */
export function readAlready(changes: Partial<ReadRequest> = {}): ReadRequest {
  return {
    method: 'POST',
    peer: '127.0.0.1:4000',
    fields: [],
    headers: new Map(),
    query: new Map(),
    parameters: new Map(),
    payload: noMap,
    body: new Uint8Array(),
    signed: new Uint8Array(),
    receivedAt: Date.UTC(2026, 10, 21, 12),
    problems: [],
    ...changes,
  };
}
