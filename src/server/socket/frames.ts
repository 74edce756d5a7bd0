/** A whole message of a WebSocket as it goes over the wire from a server: text, in one frame. */
export function textFrame(text: string): Buffer {
  return frame(0x81, Buffer.from(text));
}

/** The same of bytes. */
export function binaryFrame(bytes: Uint8Array): Buffer {
  return frame(0x82, bytes);
}

/** `kind`: the first byte, of the last frame of a message. */
function frame(kind: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 0x1_0000 ? 4 : 10);
  head[0] = kind;
  if (length < 126) head[1] = length;
  else if (length < 0x1_0000) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}
