import type { NewEvent } from '../../domain/event.ts';
import type { RunId } from '../../domain/id.ts';
import type { Outcome } from '../../domain/run.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../../lib/go-http/message.ts';
import type { Aim } from './aim.ts';
import { type Answer, answerTo } from './answer/answer.ts';
import {
  answerAfter,
  type Decision,
  decide,
  hookOf,
  refusalBeforeBody,
  type Serving,
  withoutCommit,
} from './decide.ts';
import type { Hook } from './hook.ts';
import { peerText } from './request/peer.ts';
import type { HookRequest } from './request/request.ts';
import { route } from './route.ts';
import { modeOf } from './run-policy.ts';
import { type OutputStream, streamed } from './stream.ts';

export interface ServeNeeds {
  /** Asked for each request anew: a reload counts from the next one on. */
  readonly hooks: () => readonly Hook[];
  /** Takes what a hook decided. Resolves when it is kept safe, so that the sender may hear of it. */
  readonly accept: (asked: Asked, decision: Decision, aim: NewEvent | null) => Promise<Accepted>;
  /** What a request tells to check out; null: hooks do not work in a checkout. */
  readonly aim: ((asked: Asked) => Aim) | null;
  /** Answers for ids that no hook here has; null: nobody does. */
  readonly elsewhere: ((asked: Asked, gone: AbortSignal) => Promise<HttpAnswer>) | null;
  readonly now: () => number;
  /** Takes a line of the log, in the words of the original. */
  readonly log: (request: HttpRequest, line: string) => void;
}

export interface ServeSettings extends Serving {
  readonly urlPrefix: string;
  /** Whether nobody waits for a command: every answer to one is 202. */
  readonly async: boolean;
}

/** A request to a hook. */
export interface Asked {
  /** What names the request in the log. */
  readonly name: string;
  readonly hook: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly request: HookRequest;
}

export type Accepted =
  | {
      readonly result: 'kept';
      /** Null when nothing runs. */
      readonly run: HookRunning | null;
      /** Added to the answer: the ids under which it is kept. */
      readonly headers: Fields;
    }
  /** It could not be kept, or is not to be run now. */
  | { readonly result: 'turned away'; readonly status: 429 | 503; readonly headers: Fields };

type Fields = readonly (readonly [name: string, value: string])[];

/** A command that is being seen to. */
export interface HookRunning {
  readonly id: RunId;
  /** Waits for its end, or until nobody waits any more: then undefined. */
  readonly ended: (signal: AbortSignal) => Promise<Ended | undefined>;
  /** What it prints, until its end, or until nobody reads any more. */
  readonly output: (signal: AbortSignal) => OutputStream;
}

export interface Ended {
  readonly outcome: Outcome;
  readonly output: Uint8Array;
  /** Why it did not run, or not to its end; null when its exit code says all. */
  readonly reason: string | null;
}

/** Answers requests as the original does: finds the hook, asks it, has its command run, waits where it says so. */
export function serveHooks(needs: ServeNeeds, settings: ServeSettings): HttpHandler {
  return async request => {
    const { method } = request;
    const way = route(settings.urlPrefix, method, request.target);
    if (way.kind === 'bad target') return 'bad request';
    if (way.kind !== 'hook') return http(answerTo(settings, method, way), []);
    needs.log(request, `incoming HTTP ${method} request from ${peerText(request.peer)}`);
    const hooks = needs.hooks();
    const hook = hookOf(hooks, way.id);
    const { elsewhere } = needs;
    const isElsewhere = hook === undefined && elsewhere !== null;
    const refusal = isElsewhere ? null : refusalBeforeBody(settings, hook, method);
    if (refusal?.kind === 'method not allowed')
      needs.log(request, `HTTP ${method} method not allowed for hook "${way.id}"`);
    if (refusal !== null) return http(answerTo(settings, method, refusal), []);
    if (!isElsewhere) needs.log(request, `${way.id} got matched`);
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
    const asked: Asked = { name: request.id, hook: way.id, target: request.target, request: hookRequest };
    if (isElsewhere) return elsewhere(asked, request.gone);
    // The hooks of now: a reload may have come while the body did.
    const { decision, aim } = aimed(
      settings,
      asked,
      decide(settings, needs.hooks(), way.id, hookRequest),
      needs.aim,
    );
    for (const line of told(way.id, decision)) needs.log(request, line);
    const accepted = await needs.accept(asked, decision, aim);
    request.bodyDone();
    if (accepted.result === 'turned away') return turnedAway(settings, method, accepted);
    return decision.result === 'answered'
      ? http(decision.answer, accepted.headers)
      : answerOfRun(settings, request, decision, accepted);
  };
}

/** A hook that works in a checkout runs only what tells of a commit. */
function aimed(
  settings: Serving,
  asked: Asked,
  decision: Decision,
  aimOf: ServeNeeds['aim'],
): { readonly decision: Decision; readonly aim: NewEvent | null } {
  if (aimOf === null || decision.result === 'answered') return { decision, aim: null };
  const aim = aimOf(asked);
  if (aim.result === 'commit') return { decision, aim: aim.event };
  return { decision: withoutCommit(settings, asked.request.method, decision, aim.reason), aim: null };
}

/** The answer to a request that runs something: at once, or after what it runs, or with that. */
async function answerOfRun(
  settings: ServeSettings,
  { method, gone, headers: requestHeaders }: HttpRequest,
  { hook, answer }: Extract<Decision, { result: 'run' }>,
  { run, headers }: Extract<Accepted, { result: 'kept' }>,
): Promise<HttpAnswer> {
  // It was taken while its hook went: nothing has been promised yet.
  if (run === null) return turnedAway(settings, method, { result: 'turned away', status: 503, headers });
  if (settings.async) return http(answerTo(settings, method, { kind: 'accepted', hook }), headers);
  if (answer !== null) return http(answer, headers);
  const after = (ended: Parameters<typeof answerAfter>[3]): Answer =>
    answerAfter(settings, hook, method, ended);
  const noOutput = new Uint8Array();
  if (modeOf(hook) === 'stream') {
    const head = http(after({ succeeded: true, output: noOutput }), headers);
    return streamed(head, requestHeaders, run.output(gone));
  }
  const end = await run.ended(patienceOf(hook, gone));
  // Not yet, or not this time: there is no output to be told.
  if (end === undefined || end.outcome === 'skipped')
    return http(answerTo(settings, method, { kind: 'accepted', hook }), headers);
  return http(after({ succeeded: end.outcome === 'success', output: end.output }), headers);
}

/** How long an answer waits for its command. */
function patienceOf({ run }: Hook, gone: AbortSignal): AbortSignal {
  const mostMs = run?.syncTimeoutMs ?? null;
  return mostMs === null ? gone : AbortSignal.any([gone, AbortSignal.timeout(mostMs)]);
}

function turnedAway(
  settings: Serving,
  method: string,
  { status, headers }: Extract<Accepted, { result: 'turned away' }>,
): HttpAnswer {
  const text = status === 429 ? 'Too many runs of this hook.\n' : 'Busy: try again later.\n';
  return http(answerTo(settings, method, { kind: 'said', status, text }), headers);
}

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

/** Behind an answer that switches protocols nothing of ours is understood. */
const http = ({ headers, ...answer }: Answer, more: Fields): HttpAnswer => ({
  ...answer,
  headers: answer.informational === 101 ? headers : [...headers, ...more],
});
