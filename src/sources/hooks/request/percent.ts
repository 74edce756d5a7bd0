/** The bytes of a text with `%xx` resolved, one character per byte; null where a `%` is followed by something else. */
export function unescapePercent(text: string): Buffer | null {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return null;
  const bytes = Buffer.from(text, 'latin1');
  let end = 0;
  for (let at = 0; at < bytes.length; end += 1) {
    const isEscape = bytes[at] === percent;
    bytes[end] = isEscape ? digit(bytes[at + 1]) * 16 + digit(bytes[at + 2]) : (bytes[at] ?? 0);
    at += isEscape ? 3 : 1;
  }
  return bytes.subarray(0, end);
}

const percent = 0x25;
/** Of `0` to `9`, `a` to `f` and `A` to `F`. */
const digit = (byte = 0): number => (byte & 0xf) + (byte > 0x39 ? 9 : 0);
