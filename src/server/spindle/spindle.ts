import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { createMux, type Way } from '../../lib/go-http/mux.ts';
import { handshakeFault } from '../socket/handshake.ts';
import { createSockets } from '../socket/sockets.ts';
import type { SocketLimits } from '../socket/talker.ts';
import { type AnnouncedNeeds, createAnnounced } from './announced.ts';
import { noPage, type Page, textPage } from './page.ts';
import type { Asked, Route } from './route.ts';
import { type RoutesNeeds, routesOf } from './routes.ts';

export interface SpindleNeeds extends AnnouncedNeeds, Omit<RoutesNeeds, 'announced' | 'closing'> {
  readonly store: AnnouncedNeeds['store'] & RoutesNeeds['store'];
  readonly control: AnnouncedNeeds['control'] & RoutesNeeds['control'];
}

type Request = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** What Tangled finds at the public door. Whatever nobody else there takes is answered as spindles answer it. */
export interface Spindle extends AsyncDisposable {
  /** Null: it is for somebody else. `isTaken`: somebody else at this door has the path. */
  answer(request: Request, isTaken: boolean, read: Asked['read']): Promise<Page | null>;
  /** Whether a request opens a WebSocket; one that does not is answered like any other. */
  readonly opens: (request: Request) => boolean;
  /** Never rejects. */
  open(request: IncomingMessage, raw: Duplex, head: Buffer): Promise<void>;
}

/** `closing`: the door closes, and all sockets with it. */
export function createSpindle(needs: SpindleNeeds, limits: SocketLimits, closing: AbortSignal): Spindle {
  const announced = createAnnounced(needs);
  const mux = createMux(routesOf({ ...needs, announced, closing }));
  const sockets = createSockets(limits, closing);

  const wayOf = ({ method = '', url = '' }: Request): Way<Route> | null =>
    needs.spindle() === null ? null : mux.find(method, url);

  return {
    async answer(request, isTaken, read) {
      const way = wayOf(request);
      if (way === null) return null;
      if (way.result === 'found')
        return pageOf(way.route, asked(request, way.values, read), request, isTaken);
      const isKnown = 'isKnown' in way && way.isKnown;
      return isTaken && !isKnown ? null : refusal(way);
    },
    opens(request) {
      const way = wayOf(request);
      return way?.result === 'found' && way.route.kind === 'socket' && handshakeFault(request) === null;
    },
    async open(request, raw, head) {
      raw.on('error', () => undefined); // the other side has gone: whoever writes will see
      const way = wayOf(request);
      if (way?.result !== 'found' || way.route.kind !== 'socket') return hangUp(raw, noPage);
      const opened = await way.route.open(asked(request, way.values, nothingToRead));
      if (opened.result === 'refused') return hangUp(raw, opened.page);
      await sockets.open(request, raw, head, opened.talk);
    },
    [Symbol.asyncDispose]: () => announced[Symbol.asyncDispose](),
  };
}

async function pageOf(route: Route, asked: Asked, request: Request, isTaken: boolean): Promise<Page | null> {
  switch (route.kind) {
    case 'page':
      return route.answer(asked);
    case 'elsewhere':
      return isTaken ? null : route.missing;
    case 'socket': {
      const opened = await route.open(asked);
      if (opened.result === 'refused') return opened.page;
      const status = handshakeFault(request) ?? 400;
      return textPage(status, STATUS_CODES[status] ?? '', { 'sec-websocket-version': '13' });
    }
  }
}

function refusal(way: Exclude<Way<Route>, { result: 'found' }>): Page {
  switch (way.result) {
    case 'moved':
      return { status: 301, headers: { location: way.location }, body: '' };
    case 'no page':
      return noPage;
    case 'method not allowed':
      return textPage(405, 'Method Not Allowed', { allow: way.allow });
    case 'bad request':
      return textPage(400, 'Bad Request');
  }
}

function asked({ url = '', headers }: Request, values: readonly string[], read: Asked['read']): Asked {
  const query = new URLSearchParams(url.split('?').slice(1).join('?'));
  return { values, query, authorization: headers.authorization ?? null, read };
}

/** What opens a WebSocket has no body. */
const nothingToRead = async (): Promise<Uint8Array> => new Uint8Array();

/** Answers on a connection that is HTTP no more, and ends it. */
function hangUp(raw: Duplex, { status, headers, body }: Page): void {
  const fields = Object.entries({
    ...headers,
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  const reason = STATUS_CODES[status] ?? '';
  raw.end(`HTTP/1.1 ${status} ${reason}\r\n${fields.join('\r\n')}\r\n\r\n${body}`);
}
