/** A message for somebody, and the number by which its answer finds back. */
export interface Numbered {
  /** Unsigned, 32 bits. */
  readonly number: number;
  readonly frame: Buffer;
}

/** So many travel together, and so many bytes; one that is larger travels alone. */
const most = { frames: 64, bytes: 1024 * 1024 };
/** Before each frame stand its number and its length. */
const headBytes = 8;

/**
 * Puts frames together into as few bodies as may be, in their order. A message costs broker and both its ends about the
 * same, whether there is one question in it or twenty.
 */
export function writeBundles(frames: readonly Numbered[]): readonly Buffer[] {
  const bundles: Buffer[] = [];
  let parts: Buffer[] = [];
  let bytes = 0;
  const close = (): void => {
    if (parts.length > 0) bundles.push(Buffer.concat(parts, bytes));
    parts = [];
    bytes = 0;
  };
  for (const { number, frame } of frames) {
    const length = headBytes + frame.length;
    if (bytes + length > most.bytes || parts.length >= 2 * most.frames) close();
    const head = Buffer.allocUnsafe(headBytes);
    head.writeUInt32BE(number);
    head.writeUInt32BE(frame.length, 4);
    parts.push(head, frame);
    bytes += length;
  }
  close();
  return bundles;
}

/** The frames of a body; undefined when it is none, or holds more than anybody puts together. */
export function readBundle(body: unknown): readonly Numbered[] | undefined {
  if (!Buffer.isBuffer(body)) return undefined;
  const frames: Numbered[] = [];
  for (let at = 0; at < body.length; ) {
    if (at + headBytes > body.length || frames.length >= most.frames) return undefined;
    const end = at + headBytes + body.readUInt32BE(at + 4);
    if (end > body.length) return undefined;
    frames.push({ number: body.readUInt32BE(at), frame: body.subarray(at + headBytes, end) });
    at = end;
  }
  return frames;
}
