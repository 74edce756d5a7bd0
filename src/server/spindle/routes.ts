import { banner } from './banner.ts';
import { type EventsNeeds, eventsRoute } from './events.ts';
import { didDocument, type SpindleIdentity } from './identity.ts';
import { type LogsNeeds, logsRoute } from './logs.ts';
import { jsonPage, noPage, textPage } from './page.ts';
import type { Route } from './route.ts';
import { type XrpcNeeds, xrpcRoutes } from './xrpc/routes.ts';

export interface RoutesNeeds extends EventsNeeds, LogsNeeds, XrpcNeeds {
  readonly store: LogsNeeds['store'] & XrpcNeeds['store'];
  readonly control: LogsNeeds['control'] & XrpcNeeds['control'];
  /** Null while this is no spindle. */
  readonly spindle: () => SpindleIdentity | null;
}

/** All that a spindle has, by pattern. */
export function routesOf(needs: RoutesNeeds): Readonly<Record<string, Route>> {
  return {
    'GET /': { kind: 'page', answer: () => textPage(200, banner) },
    'GET /events': eventsRoute(needs),
    'GET /logs/{knot}/{rkey}/{workflow}': logsRoute(needs),
    'GET /xrpc/sh.tangled.owner': {
      kind: 'page',
      answer: () => {
        const owner = needs.spindle()?.owner ?? null;
        return owner === null
          ? jsonPage(500, { error: 'OwnerNotFound', message: 'nobody is named as the owner of this spindle' })
          : jsonPage(200, { owner });
      },
    },
    'GET /.well-known/did.json': {
      kind: 'page',
      answer: () => {
        const identity = needs.spindle();
        return identity === null ? noPage : jsonPage(200, didDocument(identity));
      },
    },
    ...xrpcRoutes(needs),
    'POST /webhooks/buildkite': {
      kind: 'elsewhere',
      missing: textPage(503, 'buildkite provider not configured'),
    },
  };
}
