const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Lone surrogates, which no well-formed text holds, stand for bytes that belong to no character. */
const strayBase = 0xdc00;

/**
 * The text that bytes are. It keeps them all: each byte that belongs to no character becomes a lone surrogate, which
 * `encodeText` turns back. `toWellFormed` makes U+FFFD of it.
 */
export function decodeBytes(bytes: Uint8Array): string {
  return strictUtf8(bytes) ?? decodeStray(bytes);
}

/** The bytes that `decodeBytes` read. */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const bytes = Buffer.alloc(text.length * 3);
  let end = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= strayBase && code <= strayBase + 0xff) {
      bytes[end] = code - strayBase;
      end += 1;
    } else end += bytes.write(character, end);
  }
  return bytes.subarray(0, end);
}

/** The text, or null when it is not well-formed UTF-8. */
export function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/** Text of a request line or header as Node reads it: one character per byte. */
export const fromByteString = (text: string): string => decodeBytes(Buffer.from(text, 'latin1'));

/** Character by character into one place: as many pieces as there are stray bytes would not fit into memory. */
function decodeStray(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  let end = 0;
  for (let at = 0; at < bytes.length; end += 1) {
    const length = characterAt(bytes, at);
    let code = codeAt(bytes, at, length);
    if (code > 0xffff) {
      code -= 0x10000;
      units[end] = 0xd800 + (code >> 10);
      end += 1;
      code = 0xdc00 + (code & 0x3ff);
    }
    units[end] = code;
    at += Math.max(1, length);
  }
  return Buffer.from(units.buffer, 0, end * 2).toString('utf16le');
}

function codeAt(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at] ?? 0;
  if (length === 0) return strayBase + first;
  if (length === 1) return first;
  let code = first & (0xff >> (length + 1));
  for (let more = 1; more < length; more += 1) code = (code << 6) | ((bytes[at + more] ?? 0) & 0x3f);
  return code;
}

/** How many bytes the character at a place takes; 0 where there is none. */
function characterAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const [least, most] = secondByte(first);
  for (let more = 1; more < length; more += 1) {
    const byte = bytes[at + more] ?? 0;
    if (byte < (more === 1 ? least : 0x80) || byte > (more === 1 ? most : 0xbf)) return 0;
  }
  return length;
}

/** No longer forms than needed, no surrogates, nothing behind the last character. */
function secondByte(first: number): readonly [least: number, most: number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  if (first === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}
