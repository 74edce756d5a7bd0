/** A request as it stands in a file: head, empty line, body. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  /** One character per byte. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** Whether as much of the body is there as the head announces. */
  readonly complete: boolean;
}

/** Reads a request as it goes over the wire; lines may also end without a carriage return. Null: it is none. */
export function readRawHttp(bytes: Uint8Array): RawRequest | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const headEnd = /\r?\n\r?\n/.exec(text);
  const head = headEnd === null ? text : text.slice(0, headEnd.index);
  const [first = '', ...lines] = head.split(/\r?\n/);
  const line = /^([!#$%&'*+.^`|~\w-]+) (\S+) HTTP\/1\.[01]$/.exec(first.trimEnd());
  if (line === null) return null;
  const headers: (readonly [name: string, value: string])[] = [];
  for (const each of lines.filter(each => each !== '')) {
    const colon = each.indexOf(':');
    if (colon < 1) return null;
    headers.push([each.slice(0, colon), each.slice(colon + 1).trim()]);
  }
  const rest = bytes.subarray(headEnd === null ? bytes.byteLength : headEnd.index + headEnd[0].length);
  const body = bodyOf(headers, rest);
  return body === null ? null : { method: line[1] ?? '', target: line[2] ?? '', headers, ...body };
}

function bodyOf(
  headers: RawRequest['headers'],
  rest: Uint8Array,
): Pick<RawRequest, 'body' | 'complete'> | null {
  const values = (wanted: string) =>
    headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  if (values('transfer-encoding').some(value => value.toLowerCase() === 'chunked')) return unchunked(rest);
  const [announced, ...others] = new Set(values('content-length'));
  if (others.length > 0 || (announced !== undefined && !/^\d+$/.test(announced))) return null;
  // A file without a length is taken as it is.
  const length = announced === undefined ? rest.byteLength : Number(announced);
  return { body: rest.subarray(0, length), complete: rest.byteLength >= length };
}

function unchunked(rest: Uint8Array): Pick<RawRequest, 'body' | 'complete'> | null {
  const bytes = Buffer.from(rest.buffer, rest.byteOffset, rest.byteLength);
  const chunks: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\n', at);
    const size = /^[0-9a-f]+/i.exec(bytes.toString('latin1', at, lineEnd === -1 ? undefined : lineEnd))?.[0];
    if (lineEnd === -1 || size === undefined) return { body: Buffer.concat(chunks), complete: false };
    const length = Number.parseInt(size, 16);
    if (length === 0) return { body: Buffer.concat(chunks), complete: true };
    chunks.push(bytes.subarray(lineEnd + 1, lineEnd + 1 + length));
    at = lineEnd + 1 + length + (bytes[lineEnd + 1 + length] === 13 ? 2 : 1);
  }
}
