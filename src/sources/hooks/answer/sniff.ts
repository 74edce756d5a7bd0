/** More bytes than these do not matter. */
const sniffedBytes = 512;

/** The content type that bytes look like: what browsers guess, and what the original sends. */
export function sniff(body: Uint8Array): string {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, sniffedBytes));
  const bytes = head.toString('latin1');
  const text = bytes.replace(/^[\t\n\f\r ]+/, '');
  if (html.test(text)) return 'text/html; charset=utf-8';
  if (text.startsWith('<?xml')) return 'text/xml; charset=utf-8';
  const known = signatures.find(([, ...marks]) => marks.every(([at, mark]) => bytes.startsWith(mark, at)));
  if (known !== undefined) return known[0];
  const order = bytes.length >= 4 ? byteOrders.find(([mark]) => bytes.startsWith(mark)) : undefined;
  if (order !== undefined) return `text/plain; charset=${order[1]}`;
  if (isMp4(head)) return 'video/mp4';
  return head.some(isBinary) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

const html =
  /^<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|!--)[ >]/i;

/** Controls that are in no text: all but tab, line ends, form feed and escape. */
const isBinary = (byte: number): boolean =>
  byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f);

type Mark = readonly [at: number, bytes: string];

const signatures: readonly (readonly [type: string, ...marks: readonly Mark[]])[] = [
  ['application/pdf', [0, '%PDF-']],
  ['application/postscript', [0, '%!PS-Adobe-']],
  ['image/x-icon', [0, '\0\0\x01\0']],
  ['image/x-icon', [0, '\0\0\x02\0']],
  ['image/bmp', [0, 'BM']],
  ['image/gif', [0, 'GIF87a']],
  ['image/gif', [0, 'GIF89a']],
  ['image/webp', [0, 'RIFF'], [8, 'WEBPVP']],
  ['image/png', [0, '\x89PNG\r\n\x1a\n']],
  ['image/jpeg', [0, '\xff\xd8\xff']],
  ['audio/aiff', [0, 'FORM'], [8, 'AIFF']],
  ['audio/mpeg', [0, 'ID3']],
  ['application/ogg', [0, 'OggS\0']],
  ['audio/midi', [0, 'MThd\0\0\0\x06']],
  ['video/avi', [0, 'RIFF'], [8, 'AVI ']],
  ['audio/wave', [0, 'RIFF'], [8, 'WAVE']],
  ['video/webm', [0, '\x1a\x45\xdf\xa3']],
  ['application/vnd.ms-fontobject', [34, 'LP']],
  ['font/ttf', [0, '\0\x01\0\0']],
  ['font/otf', [0, 'OTTO']],
  ['font/collection', [0, 'ttcf']],
  ['font/woff', [0, 'wOFF']],
  ['font/woff2', [0, 'wOF2']],
  ['application/x-gzip', [0, '\x1f\x8b\x08']],
  ['application/zip', [0, 'PK\x03\x04']],
  ['application/x-rar-compressed', [0, 'Rar!\x1a\x07\0']],
  ['application/x-rar-compressed', [0, 'Rar!\x1a\x07\x01\0']],
  ['application/wasm', [0, '\0asm']],
];

/** What may stand in front of text, if more follows. */
const byteOrders: readonly (readonly [mark: string, charset: string])[] = [
  ['\xfe\xff', 'utf-16be'],
  ['\xff\xfe', 'utf-16le'],
  ['\xef\xbb\xbf', 'utf-8'],
];

/** A box `ftyp` that fits into what was looked at and names a brand of mp4. */
function isMp4(head: Buffer): boolean {
  if (head.length < 12 || head.toString('latin1', 4, 8) !== 'ftyp') return false;
  const size = head.readUInt32BE(0);
  if (size % 4 !== 0 || size > head.length) return false;
  for (let at = 8; at < size; at += 4)
    if (at !== 12 && head.toString('latin1', at, at + 3) === 'mp4') return true;
  return false;
}
