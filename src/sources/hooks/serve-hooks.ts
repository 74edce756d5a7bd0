import type { HttpAnswer, HttpHandler, HttpRequest } from '../../lib/go-http/message.ts';
import { type Answer, answerTo } from './answer/answer.ts';
import { answerAfter, type Decision, decide, hookOf, refusalBeforeBody, type Serving } from './decide.ts';
import type { Hook } from './hook.ts';
import { peerText } from './request/peer.ts';
import type { HookRequest } from './request/request.ts';
import { route } from './route.ts';

export interface ServeNeeds {
  /** Asked for each request anew: a reload counts from the next one on. */
  readonly hooks: () => readonly Hook[];
  /**
   * Takes what a hook decided. Resolves when it is kept safe, so that the sender may hear of it; `ended` resolves when
   * the command has ended, and is null when nothing runs.
   */
  readonly accept: (request: HookRequest, id: string, decision: Decision) => Promise<Accepted>;
  readonly now: () => number;
  /** Takes a line of the log, in the words of the original. */
  readonly log: (request: HttpRequest, line: string) => void;
}

export interface Accepted {
  readonly ended: Promise<Ended> | null;
  /** Added to the answer, such as the ids under which it is kept. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface Ended {
  readonly succeeded: boolean;
  readonly output: Uint8Array;
}

/** Answers requests as the original does: finds the hook, asks it, has its command run, waits where it says so. */
export function serveHooks(
  needs: ServeNeeds,
  settings: Serving & { readonly urlPrefix: string },
): HttpHandler {
  return async request => {
    const { method } = request;
    const way = route(settings.urlPrefix, method, request.target);
    if (way.kind === 'bad target') return 'bad request';
    if (way.kind !== 'hook') return http(answerTo(settings, method, way), []);
    needs.log(request, `incoming HTTP ${method} request from ${peerText(request.peer)}`);
    const hooks = needs.hooks();
    const hook = hookOf(hooks, way.id);
    const refusal = refusalBeforeBody(settings, hook, method);
    if (refusal?.kind === 'method not allowed')
      needs.log(request, `HTTP ${method} method not allowed for hook "${way.id}"`);
    if (refusal !== null) return http(answerTo(settings, method, refusal), []);
    needs.log(request, `${way.id} got matched`);
    const body = await request.readBody(settings.longestBodyBytes);
    if (body.result === 'too long') return http(answerTo(settings, method, { kind: 'large body' }), []);
    const hookRequest: HookRequest = {
      method,
      headers: request.headers,
      query: way.query,
      body: body.bytes,
      complete: body.result === 'whole',
      peer: request.peer,
      receivedAt: needs.now(),
    };
    const decision = decide(settings, hooks, way.id, hookRequest);
    for (const line of told(way.id, decision)) needs.log(request, line);
    const { ended, headers } = await needs.accept(hookRequest, way.id, decision);
    if (decision.result === 'answered') return http(decision.answer, headers);
    const waited = async () => answerAfter(settings, decision.hook, method, (await ended) ?? nothing);
    return http(decision.answer ?? (await waited()), headers);
  };
}

/** Of a command that was not run. */
const nothing: Ended = { succeeded: false, output: new Uint8Array() };

/** What the log says of a decision. */
function told(id: string, decision: Decision): readonly string[] {
  const { problems } = decision;
  if (decision.result === 'run') return [...problems, `${id} hook triggered successfully`];
  switch (decision.verdict?.verdict) {
    case 'error':
      return [...problems, `error evaluating hook: ${decision.verdict.reason}`];
    case 'not matched':
      return [
        ...problems,
        `${id} got matched, but didn't get triggered because the trigger rules were not satisfied`,
      ];
    case 'matched':
    case 'blocked':
    case undefined:
      return problems;
  }
}

const http = ({ headers, ...answer }: Answer, more: Accepted['headers']): HttpAnswer => ({
  ...answer,
  headers: [...headers, ...more],
});
