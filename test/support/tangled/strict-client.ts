import { once } from 'node:events';
import { decode as decodeCbor, decodeFirst } from '@atcute/cbor';
import { WebSocket } from 'ws';

/**
 * For tests: clients of a spindle that are as strict as the ones that Tangled runs, which are written in Go. They take
 * no number for a text, no text for a number, no number with an exponent for a whole one, and no empty time; one message
 * that cannot be read ends them for good.
 */

/** A message of `/events`. */
export interface Envelope {
  readonly rkey: string;
  readonly nsid: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly created: bigint;
}

/** A message of `/logs`. Fields that are left out have the value that Go gives to them. */
export interface LogLine {
  readonly kind: string;
  readonly content: string;
  readonly time: Date | null;
  readonly step_id: number;
  readonly step_status: string;
  readonly step_kind: number;
  readonly step_command: string;
  readonly stream: string;
}

/** The server answered with something else than a WebSocket. */
export class DialError extends Error {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  constructor(status: number, body: string, headers: DialError['headers']) {
    super(`bad handshake: ${status} ${body}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export interface Conversation<Message> extends AsyncDisposable {
  /** The next message; undefined when the server has ended the conversation. Throws at one that cannot be read. */
  next(): Promise<Message | undefined>;
  /** So many of them. */
  take(count: number): Promise<readonly Message[]>;
  /** All up to the end. */
  rest(): Promise<readonly Message[]>;
  /** How it ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly pings: () => number;
  readonly socket: WebSocket;
}

/** Opens `/events`; without a cursor it names none. */
export function readEvents(baseUrl: string, cursor?: bigint | string): Promise<Conversation<Envelope>> {
  const query = cursor === undefined ? '' : `?cursor=${cursor}`;
  return dial(`${baseUrl}/events${query}`, 'text', bytes => parseEnvelope(bytes.toString()));
}

/** Opens a log, with the parts of its address as they are. */
export function readLog(baseUrl: string, path: string): Promise<Conversation<LogLine>> {
  return dial(`${baseUrl}/logs/${path}`, 'text', bytes => parseLogLine(bytes.toString()));
}

/** Subscribes to the logs of a pipeline; a message is what it is, and what it says. */
export function subscribeLogs(
  baseUrl: string,
  query: string,
  nsid = 'sh.tangled.ci.subscribePipelineLogs',
): Promise<Conversation<readonly [header: unknown, body: unknown]>> {
  return dial(`${baseUrl}/xrpc/${nsid}?${query}`, 'binary', bytes => {
    const [header, rest] = decodeFirst(bytes);
    return [header, decodeCbor(rest)];
  });
}

/** Throws what Go's decoder would. */
export function parseEnvelope(text: string): Envelope {
  const message = decode(text, 'created');
  return {
    rkey: textIn(message, 'rkey', ''),
    nsid: textIn(message, 'nsid', ''),
    event: objectIn(message, 'event'),
    created: wholeNumber(message, 'created'),
  };
}

export function parseLogLine(text: string): LogLine {
  const message = decode(text, 'step_id', 'step_kind');
  const time = textIn(message, 'time', null);
  return {
    kind: textIn(message, 'kind', ''),
    content: textIn(message, 'content', ''),
    time: time === null ? null : rfc3339(time),
    step_id: Number(wholeNumber(message, 'step_id')),
    step_status: textIn(message, 'step_status', ''),
    step_kind: Number(wholeNumber(message, 'step_kind')),
    step_command: textIn(message, 'step_command', ''),
    stream: textIn(message, 'stream', ''),
  };
}

/** Messages of another kind than the one that is expected are none. */
async function dial<Message>(
  url: string,
  kind: 'text' | 'binary',
  parse: (bytes: Buffer) => Message,
): Promise<Conversation<Message>> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { perMessageDeflate: false });
  const messages: Buffer[] = [];
  let wake: () => void = () => undefined;
  let pings = 0;
  socket.on('message', (data, isBinary) => {
    if (isBinary === (kind === 'binary') && data instanceof Buffer) messages.push(data);
    wake();
  });
  socket.on('ping', () => (pings += 1));
  const closed = new Promise<{ code: number; reason: string }>(resolve =>
    socket.on('close', (code, reason) => {
      resolve({ code, reason: String(reason) });
      wake();
    }),
  );
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', piece => (body += String(piece)));
      response.on('end', () => reject(new DialError(response.statusCode ?? 0, body, response.headers)));
    });
  });
  socket.on('error', () => undefined);

  async function next(): Promise<Message | undefined> {
    const late = AbortSignal.timeout(20_000);
    while (messages.length === 0 && socket.readyState !== socket.CLOSED) {
      late.throwIfAborted();
      await new Promise<void>(resolve => {
        wake = resolve;
        late.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    const bytes = messages.shift();
    try {
      return bytes === undefined ? undefined : parse(bytes);
    } catch (error) {
      socket.terminate();
      throw new Error(`this message ends a client for good: ${String(bytes)}`, { cause: error });
    }
  }
  return {
    next,
    async take(count) {
      const taken: Message[] = [];
      while (taken.length < count) {
        const message = await next();
        if (message === undefined) throw new Error(`the server ended it after ${taken.length} messages`);
        taken.push(message);
      }
      return taken;
    },
    async rest() {
      const taken: Message[] = [];
      for (let message = await next(); message !== undefined; message = await next()) taken.push(message);
      return taken;
    },
    closed,
    pings: () => pings,
    socket,
    async [Symbol.asyncDispose]() {
      if (socket.readyState === socket.CLOSED) return;
      const gone = once(socket, 'close');
      socket.terminate();
      await gone;
    },
  };
}

/** JSON, whose numbers in these fields are left as they are written. */
function decode(text: string, ...numbers: readonly string[]): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text, (key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && numbers.includes(key) ? new Written(context?.source ?? '') : value,
  );
  if (!isObject(value)) throw new TypeError('it is no object');
  return value;
}

/** A number as it stands in the text. */
class Written {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

function wholeNumber(message: Readonly<Record<string, unknown>>, key: string): bigint {
  const value = message[key] ?? new Written('0');
  if (!(value instanceof Written) || !/^-?\d+$/.test(value.digits))
    throw new TypeError(`${key} is no whole number`);
  const number = BigInt(value.digits);
  if (BigInt.asIntN(64, number) !== number) throw new TypeError(`${key} has more than 64 bits`);
  return number;
}

function textIn<Else>(
  message: Readonly<Record<string, unknown>>,
  key: string,
  otherwise: Else,
): string | Else {
  const value = message[key] ?? undefined;
  if (value === undefined) return otherwise;
  if (typeof value !== 'string') throw new TypeError(`${key} is no text`);
  return value;
}

function objectIn(message: Readonly<Record<string, unknown>>, key: string): Envelope['event'] {
  const value = message[key];
  if (!isObject(value)) throw new TypeError(`${key} is no object`);
  return value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function rfc3339(text: string): Date {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text))
    throw new TypeError(`"${text}" is no time`);
  return new Date(text);
}
