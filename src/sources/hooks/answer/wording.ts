import type { Behaviour } from '../deviations.ts';
import type { Hook, ResponseHeader } from '../hook.ts';
import type { Outcome } from './outcome.ts';

/** What an outcome says, before it is put into the form of an answer. */
export interface Wording {
  /** As the file has it: 0 stands for 200. */
  readonly status: number;
  readonly body: string | Uint8Array;
  /** Whether the headers that the server adds to the answers of hooks are in it. */
  readonly servers: boolean;
  readonly headers: readonly ResponseHeader[];
}

/** What keeps a command's output from acting in the name of who looks at it. */
const inert: readonly ResponseHeader[] = [
  { name: 'Content-Security-Policy', value: "default-src 'none'; sandbox" },
  { name: 'X-Content-Type-Options', value: 'nosniff' },
];
const plainError: readonly ResponseHeader[] = [
  { name: 'Content-Type', value: 'text/plain; charset=utf-8' },
  { name: 'X-Content-Type-Options', value: 'nosniff' },
];

const commandFailed =
  "Error occurred while executing the hook's command. Please check your logs for more details.";

/** The words of the original, where it has any. */
export function wordingOf(behaviour: Behaviour, outcome: Outcome): Wording {
  switch (outcome.kind) {
    case 'root':
      return ofHook(200, 'OK');
    case 'server options':
      return bare(200, '');
    case 'no page':
      return { ...bare(404, '404 page not found\n'), headers: plainError };
    case 'bad target':
      return bare(400, '400 Bad Request');
    case 'moved':
      return { ...bare(301, ''), headers: [{ name: 'Location', value: outcome.location }] };
    case 'no hook':
      return bare(404, 'Hook not found.');
    case 'said':
      return bare(outcome.status, outcome.text);
    case 'method not allowed':
      return bare(405, '');
    case 'cut body':
      return bare(400, 'The body of the request broke off.');
    case 'large body':
      return bare(413, 'The body of the request is too large.');
    case 'broken multipart':
      return ofHook(500, 'Error occurred while parsing multipart form.');
    case 'crash':
      return bare(500, '');
    case 'rule error':
      return ofHook(failureStatus(behaviour, outcome.failure), 'Error occurred while evaluating hook rules.');
    case 'not satisfied':
      return ofHook(outcome.hook.mismatchStatus, 'Hook rules were not satisfied.');
    case 'started':
      return ofHook(outcome.hook.successStatus, outcome.hook.responseMessage, outcome.hook.responseHeaders);
    case 'accepted':
      return ofHook(202, outcome.hook.responseMessage, outcome.hook.responseHeaders);
    case 'succeeded':
      return output(behaviour, outcome.hook, outcome.hook.successStatus, outcome.output);
    case 'failed':
      return outcome.hook.captureOutputOnError
        ? output(behaviour, outcome.hook, 500, outcome.output)
        : ofHook(500, commandFailed, outcome.hook.responseHeaders);
  }
}

function failureStatus(
  behaviour: Behaviour,
  failure: Extract<Outcome, { kind: 'rule error' }>['failure'],
): number {
  switch (failure) {
    case 'unproven':
      return 401;
    case 'signature':
      return behaviour.has('signatureStatus') ? 401 : 500;
    case 'other':
      return 500;
  }
}

const bare = (status: number, body: string): Wording => ({ status, body, servers: false, headers: [] });

const ofHook = (status: number, body: string, headers: readonly ResponseHeader[] = []): Wording => ({
  status,
  body,
  servers: true,
  headers,
});

const output = (behaviour: Behaviour, hook: Hook, status: number, body: Uint8Array): Wording => ({
  status,
  body,
  servers: true,
  // What the hook says of the same headers wins.
  headers: [...(behaviour.has('inertOutput') ? inert : []), ...hook.responseHeaders],
});
