const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that bytes are; each byte that belongs to no character becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeByPieces(bytes);
  }
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
export const fromByteString = (text: string): string => decodeUtf8(Buffer.from(text, 'latin1'));

/** Decoders of the platform write one U+FFFD for several bytes. */
function decodeByPieces(bytes: Uint8Array): string {
  let text = '';
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterAt(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += `${strict.decode(bytes.subarray(from, at))}\ufffd`;
    at += 1;
    from = at;
  }
  return text + strict.decode(bytes.subarray(from));
}

/** How many bytes the character at a place takes; 0 where there is none. */
function characterAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  const [least, most] = secondByte(first);
  if (second < least || second > most) return 0;
  for (let more = 2; more < length; more += 1) {
    const byte = bytes[at + more] ?? 0;
    if (byte < 0x80 || byte > 0xbf) return 0;
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
