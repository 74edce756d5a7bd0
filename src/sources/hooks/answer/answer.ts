import type { Behaviour } from '../deviations.ts';
import type { ResponseHeader } from '../hook.ts';
import { compareBytes } from '../render.ts';
import { canonicalName, isHeaderName } from '../request/headers.ts';
import type { Outcome } from './outcome.ts';
import { sniff } from './sniff.ts';
import { hasBody, statusOf } from './status.ts';
import { wordingOf } from './wording.ts';

/** What is sent back. */
export interface Answer {
  readonly status: number;
  /** A status that is sent before it, with the headers that are not about the body; null: none is. */
  readonly informational: number | null;
  /** In their order, without Date and Connection. */
  readonly headers: readonly Field[];
  /** What is said of the body, behind `headers`. A body without a Content-Length is sent in chunks. */
  readonly aboutBody: readonly Field[];
  /** As for GET: of the answer to HEAD only the headers are sent. */
  readonly body: Uint8Array;
}

type Field = readonly [name: string, value: string];

export interface Answering {
  readonly behaviour: Behaviour;
  /** What the server adds to every answer of a hook. */
  readonly headers: readonly ResponseHeader[];
}

/** Longer bodies are sent in chunks, as the original does. */
const bufferedBytes = 2048;

/** The answer to an outcome. */
export function answerTo({ behaviour, headers }: Answering, method: string, outcome: Outcome): Answer {
  const wording = wordingOf(behaviour, outcome);
  const { status, informational } = statusOf(wording.status);
  const fields = fieldsOf([...(wording.servers ? headers : []), ...wording.headers]);
  const body = Buffer.from(wording.body);
  if (!hasBody(status))
    return {
      status,
      informational,
      headers: status === 304 ? fields.filter(([name]) => name !== 'Content-Type') : fields,
      aboutBody: [],
      body: new Uint8Array(),
    };
  return { status, informational, headers: fields, aboutBody: aboutBody(method, fields, body), body };
}

/** Of equal names the last counts; sorted, as the original sends them. How the body is framed is not theirs to say. */
function fieldsOf(headers: readonly ResponseHeader[]): readonly Field[] {
  const fields = new Map<string, string>();
  for (const { name, value } of headers)
    if (isHeaderName(name)) fields.set(canonicalName(name), value.replace(/[\r\n]/g, ' ').trim());
  for (const framing of ['Content-Length', 'Transfer-Encoding']) fields.delete(framing);
  return [...fields].sort(([a], [b]) => compareBytes(a, b));
}

function aboutBody(method: string, fields: readonly Field[], body: Uint8Array): readonly Field[] {
  const has = (wanted: string) => fields.some(([name, value]) => name === wanted && value !== '');
  const length: readonly Field[] =
    body.byteLength > bufferedBytes || (method === 'HEAD' && body.byteLength === 0)
      ? []
      : [['Content-Length', String(body.byteLength)]];
  const isNamed = fields.some(([name]) => name === 'Content-Type') || has('Content-Encoding');
  return body.byteLength === 0 || isNamed ? length : [...length, ['Content-Type', sniff(body)]];
}
