import { STATUS_CODES } from 'node:http';
import type { Field, HttpAnswer, HttpRequest } from './message.ts';

/** The head of an answer, and how its body and its connection end. */
export interface Head {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly Field[];
  readonly chunked: boolean;
  readonly closes: boolean;
}

/** Puts a head together in the order of Go's net/http: own headers, Date, what is said of the body, Connection, framing. */
export function headOf(
  request: Pick<HttpRequest, 'method' | 'version' | 'headers'>,
  answer: HttpAnswer,
  conditions: { readonly now: Date; readonly mustClose: boolean },
): Head {
  const { status } = answer;
  const wishes = request.headers.filter(([name]) => name.toLowerCase() === 'connection');
  const wants = (token: string): boolean =>
    wishes.some(([, value]) => value.split(',').some(each => each.trim().toLowerCase() === token));
  const own = answer.headers.filter(([name]) => name !== 'Connection');
  const isClosed = answer.headers.some(([name, value]) => name === 'Connection' && /\bclose\b/i.test(value));
  const isMeasured =
    answer.aboutBody.some(([name]) => name === 'Content-Length') || !carriesBody(request, answer);
  const closes =
    conditions.mustClose ||
    isClosed ||
    wants('close') ||
    (request.version === '1.0' && !(wants('keep-alive') && isMeasured));
  const chunked = !isMeasured && request.version === '1.1';
  const connection =
    closes && request.version === '1.1'
      ? 'close'
      : !closes && request.version === '1.0'
        ? 'keep-alive'
        : null;
  const fields: Field[] = [
    ...own,
    ...(own.some(([name]) => name === 'Date') ? [] : [['Date', conditions.now.toUTCString()] as const]),
    ...answer.aboutBody,
    ...(connection === null ? [] : [['Connection', connection] as const]),
    ...(chunked ? [['Transfer-Encoding', 'chunked'] as const] : []),
  ];
  return { status, reason: reasonOf(status), fields: fields.map(written), chunked, closes };
}

/** Whether bytes follow the head. */
export function carriesBody({ method }: Pick<HttpRequest, 'method'>, { status, body }: HttpAnswer): boolean {
  const isEmpty = body instanceof Uint8Array && body.byteLength === 0;
  return method !== 'HEAD' && status !== 204 && status !== 304 && !isEmpty;
}

/** A head as it goes over the wire, one character per byte. */
export function headText(version: HttpRequest['version'], { status, reason, fields }: Head): string {
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/${version} ${status} ${reason}\r\n${lines.join('')}\r\n`;
}

/** What goes before an answer. */
export function informationalText(
  version: HttpRequest['version'],
  status: number,
  answer: HttpAnswer,
): string {
  const fields = answer.headers.map(written);
  return headText(version, { status, reason: reasonOf(status), fields, chunked: false, closes: false });
}

/** As Go names them, where Node has another word. */
const reasons: Readonly<Record<number, string>> = {
  413: 'Request Entity Too Large',
  416: 'Requested Range Not Satisfiable',
  418: "I'm a teapot",
};

const reasonOf = (status: number): string =>
  reasons[status] ?? STATUS_CODES[status] ?? `status code ${status}`;

/** UTF-8 as bytes; what would end the line or the head is a blank. */
function written([name, value]: Field): Field {
  return [
    name,
    Buffer.from(value)
      .toString('latin1')
      .replace(/[^\t\x20-\x7e\x80-\xff]/g, ' '),
  ];
}
