const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Lone surrogates, which no well-formed text holds, stand for bytes that belong to no character. */
const strayBase = 0xdc00;

/**
 * The text that bytes are. It keeps them all: each byte that belongs to no character becomes a lone surrogate, which
 * `encodeText` turns back. `toWellFormed` makes U+FFFD of it.
 */
export function decodeBytes(bytes: Uint8Array): string {
  return strictUtf8(bytes) ?? decodeByPieces(bytes);
}

/** The bytes that `decodeBytes` read. */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const pieces = text.split(/([\udc80-\udcff])/);
  return Buffer.concat(
    pieces.map((piece, n) => (n % 2 === 1 ? Buffer.of(piece.charCodeAt(0) - strayBase) : Buffer.from(piece))),
  );
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

function decodeByPieces(bytes: Uint8Array): string {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterAt(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    pieces.push(strict.decode(bytes.subarray(from, at)), String.fromCharCode(strayBase + (bytes[at] ?? 0)));
    at += 1;
    from = at;
  }
  return pieces.join('') + strict.decode(bytes.subarray(from));
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
