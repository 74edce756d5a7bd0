import { readMediaType } from './media-type.ts';
import { decodeBytes } from './utf8.ts';

export interface Part {
  readonly name: string;
  /** "" for a plain field. */
  readonly filename: string;
  /** As sent, each of them. */
  readonly contentTypes: readonly string[];
  readonly content: Uint8Array;
}

/** Plain fields may take this much beside the memory that the server gives to files. */
const fieldRoomBytes = 10 * 1024 * 1024;
/** More is no head of a part. */
const longestHeadBytes = 64 * 1024;
/** As many parts as the original takes. */
const mostParts = 1000;

/** The named parts of a multipart body; null when it is not whole, malformed or too large. Never throws. */
export function readMultipart(
  body: Uint8Array,
  boundary: string,
  memoryBytes: number,
): readonly Part[] | null {
  if (boundary === '') return null;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const parts: Part[] = [];
  let fieldBytes = 0;
  let seen = 0;
  let lineEnd = '\r\n';
  let at = 0;
  for (;;) {
    const line = lineAt(bytes, at);
    const kind = kindOfLine(line.text, boundary, seen === 0 ? null : lineEnd);
    if (kind === 'end') return parts;
    if (line.next === -1 || (seen > 0 && kind === 'other')) return null;
    at = line.next;
    if (kind === 'other') {
      // Before the first boundary anything may stand.
      const next = bytes.indexOf(`\n--${boundary}`, at - 1, 'latin1');
      if (next === -1) return null;
      at = next + 1;
      continue;
    }
    if (seen === 0 && !line.text.endsWith('\r\n')) lineEnd = '\n';
    seen += 1;
    if (seen > mostParts) return null;
    const head = readHead(bytes, at);
    if (head === null) return null;
    // A body that breaks off within the head of a part counts as whole without it, as the original has it.
    if (head.end === -1) return parts;
    const end = endOfContent(bytes, head.end, lineEnd, boundary);
    if (end === null) return null;
    const part = named(head.headers, bytes.subarray(head.end, end.content));
    at = end.line;
    if (part === null) continue;
    if (part.filename === '') fieldBytes += part.content.byteLength;
    if (fieldBytes > memoryBytes + fieldRoomBytes) return null;
    parts.push(part);
  }
}

/** A line with its end; `next` is -1 when the bytes end before it does. */
function lineAt(bytes: Buffer, at: number): { readonly text: string; readonly next: number } {
  const end = bytes.indexOf(10, at);
  return end === -1
    ? { text: bytes.toString('latin1', at), next: -1 }
    : { text: bytes.toString('latin1', at, end + 1), next: end + 1 };
}

/** `lineEnd` is null as long as the first boundary may still show which one it is. */
function kindOfLine(line: string, boundary: string, lineEnd: string | null): 'part' | 'end' | 'other' {
  const dashes = `--${boundary}`;
  if (!line.startsWith(dashes)) return 'other';
  const rest = line.slice(dashes.length);
  const after = rest.replace(/^[ \t]+/, '');
  if (lineEnd === null ? after === '\r\n' || after === '\n' : after === lineEnd) return 'part';
  const end = rest.startsWith('--') ? rest.slice(2).replace(/^[ \t]+/, '') : null;
  return end === '' || end === (lineEnd ?? '\r\n') ? 'end' : 'other';
}

interface Head {
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Where the content begins; -1 when the bytes end before the head does. */
  readonly end: number;
}

function readHead(bytes: Buffer, start: number): Head | null {
  const headers: [name: string, value: string][] = [];
  for (let at = start; ; ) {
    const { text, next } = lineAt(bytes, at);
    if (at - start > longestHeadBytes || text.length > longestHeadBytes) return null;
    const line = text.trimEnd();
    if (next === -1 && line === '') return { headers, end: -1 };
    at = next === -1 ? bytes.length : next;
    if (line === '') return { headers, end: at };
    const last = headers.at(-1);
    if (/^[ \t]/.test(line)) {
      if (last === undefined) return null;
      last[1] += ` ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 1) return null;
    headers.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]);
  }
}

/** Where a part's content ends, and where the boundary's line begins. */
function endOfContent(
  bytes: Buffer,
  start: number,
  lineEnd: string,
  boundary: string,
): { readonly content: number; readonly line: number } | null {
  const follows = (at: number) =>
    at === bytes.length || ' \t\r\n-'.includes(String.fromCharCode(bytes[at] ?? 0));
  const dashes = `--${boundary}`;
  if (bytes.toString('latin1', start, start + dashes.length) === dashes && follows(start + dashes.length))
    return { content: start, line: start };
  const mark = Buffer.from(lineEnd + dashes, 'latin1');
  for (let at = bytes.indexOf(mark, start); at !== -1; at = bytes.indexOf(mark, at + 1))
    if (follows(at + mark.length)) return { content: at, line: at + lineEnd.length };
  return null;
}

function named(headers: Head['headers'], content: Uint8Array): Part | null {
  const values = (wanted: string) => headers.filter(([name]) => name === wanted).map(([, value]) => value);
  const disposition = readMediaType(
    decodeBytes(Buffer.from(values('content-disposition')[0] ?? '', 'latin1')),
  );
  const name = disposition?.parameters.get('name') ?? '';
  if (disposition?.type !== 'form-data' || name === '') return null;
  const path = disposition.parameters.get('filename') ?? '';
  return { name, filename: path.split('/').at(-1) ?? '', contentTypes: values('content-type'), content };
}
