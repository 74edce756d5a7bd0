/** What base64 with its padding stands for, line ends skipped; of broken text, the groups before the break. */
export function decodeBase64(text: string): Buffer {
  const clean = text.replace(/[\r\n]/g, '');
  const broken = clean.search(/[^A-Za-z0-9+/]/);
  const letters = broken === -1 ? clean.length : broken;
  const start = letters - (letters % 4);
  const last = clean.slice(start, start + 4);
  const isPadded = /^(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$/.test(last);
  return Buffer.from(clean.slice(0, isPadded ? start + 4 : start), 'base64');
}
