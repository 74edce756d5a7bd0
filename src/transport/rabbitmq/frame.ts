import { SignalboxError } from '../../domain/errors.ts';

/**
 * A message is a line of JSON, and behind it bytes as they are (a log's). `v` in it says which version of this language
 * it is written in: a reader understands its own and the one before.
 */
export const protocol = 1;

/** A log chunk is a hundredth of that; a larger message would stand in the way of all others. */
const mostBytes = 8 * 1024 * 1024;

export type Read =
  | { readonly result: 'read'; readonly head: unknown; readonly bytes: Uint8Array }
  /** In a later version's language: not for this one to understand, nor to throw away. */
  | { readonly result: 'newer'; readonly head: unknown; readonly reason: string }
  | { readonly result: 'garbled'; readonly reason: string };

/** Throws `too_large` for what is no message any more. */
export function writeFrame(head: object, bytes: Uint8Array = new Uint8Array()): Buffer {
  const line = Buffer.from(`${JSON.stringify({ v: protocol, ...head })}\n`);
  const length = line.length + bytes.length;
  if (length > mostBytes)
    throw new SignalboxError(
      'too_large',
      `a message of ${length} bytes is too large for the broker, which gets at most ${mostBytes} in one`,
    );
  return bytes.length === 0 ? line : Buffer.concat([line, bytes]);
}

/** Reads a message; whatever it is, never throws. */
export function readFrame(body: unknown): Read {
  if (!Buffer.isBuffer(body)) return { result: 'garbled', reason: 'it is no message of signalbox' };
  const end = body.indexOf('\n');
  let head: unknown;
  try {
    head = JSON.parse(body.subarray(0, Math.max(0, end)).toString());
  } catch {
    return { result: 'garbled', reason: 'it is no message of signalbox' };
  }
  const version = typeof head === 'object' && head !== null && 'v' in head ? head.v : undefined;
  if (typeof version !== 'number') return { result: 'garbled', reason: 'it does not say its version' };
  if (version > protocol)
    return {
      result: 'newer',
      head,
      reason: `it is written in version ${version} of the protocol, and this signalbox knows ${protocol}: update this one`,
    };
  return { result: 'read', head, bytes: body.subarray(end + 1) };
}
