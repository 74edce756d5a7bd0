import type { Verdict } from '../../domain/verdict.ts';
import { type Answer, type Answering, answerTo } from './answer/answer.ts';
import { type Command, commandOf } from './command/command.ts';
import { deliveryIdOf } from './delivery-id.ts';
import type { Hook } from './hook.ts';
import { parametersIn } from './path-parameters.ts';
import { type Reading, readRequest } from './request/read-request.ts';
import type { HookRequest, ReadRequest } from './request/request.ts';
import { judge } from './rule/judge.ts';
import type { Judgement } from './rule/judgement.ts';
import { modeOf } from './run-policy.ts';

/** How a server that has hooks behaves. */
export interface Serving extends Answering, Reading {
  /** What hooks that name no methods take; none means all. */
  readonly methods: readonly string[];
  readonly longestBodyBytes: number;
}

/** What becomes of a request. */
export type Decision =
  /** Nothing runs. `verdict` is null where no rule was asked. */
  | {
      readonly result: 'answered';
      readonly answer: Answer;
      readonly verdict: Verdict | null;
      readonly problems: readonly string[];
    }
  /** The command runs. `answer` is what is sent at once; null: what the command prints decides, see `answerAfter`. */
  | {
      readonly result: 'run';
      readonly hook: Hook;
      readonly command: Command;
      readonly answer: Answer | null;
      /** Two requests to the hook with the same one are one delivery; null: this one is like no other. */
      readonly deliveryId: string | null;
      readonly verdict: Verdict;
      readonly problems: readonly string[];
    };

/** The hook that answers for an id: of several the first, and one with that very id before those with parameters. */
export const hookOf = (hooks: readonly Hook[], id: string): Hook | undefined =>
  hooks.find(hook => hook.id === id) ?? hooks.find(hook => parametersIn(hook, id) !== null);

/** Why a request is refused without a look at its body, or null. */
export function refusalBeforeBody(
  serving: Pick<Serving, 'methods'>,
  hook: Hook | undefined,
  method: string,
): { readonly kind: 'no hook' | 'method not allowed' } | null {
  if (hook === undefined) return { kind: 'no hook' };
  return takes(serving, hook, method) ? null : { kind: 'method not allowed' };
}

/** Decides what a request to an id does. Nothing runs here. Total: no request makes it throw. */
export function decide(serving: Serving, hooks: readonly Hook[], id: string, request: HookRequest): Decision {
  const hook = hookOf(hooks, id);
  const early = refusalBeforeBody(serving, hook, request.method);
  const refuse = (outcome: Parameters<typeof answerTo>[2]): Decision => ({
    result: 'answered',
    answer: answerTo(serving, request.method, outcome),
    verdict: null,
    problems: [],
  });
  if (hook === undefined || early !== null) return refuse(early ?? { kind: 'no hook' });
  if (!request.complete && serving.behaviour.has('refuseCutBody')) return refuse({ kind: 'cut body' });
  if (request.body.byteLength > serving.longestBodyBytes && serving.behaviour.has('limitRequests'))
    return refuse({ kind: 'large body' });
  const read = readRequest(serving, hook, request, parametersIn(hook, id) ?? new Map());
  switch (read.result) {
    case 'broken multipart':
    case 'crash':
      return refuse({ kind: read.result });
    case 'read':
      return asked(serving, hook, read.request);
  }
}

/** The decision of a hook whose rule holds, and which lacks a commit to work on. */
export function withoutCommit(
  serving: Answering,
  method: string,
  { hook, verdict, problems }: Extract<Decision, { result: 'run' }>,
  reason: string,
): Decision {
  const lacking = { holds: false, text: reason, seen: null, error: false, parts: [] };
  const parts = [verdict.explanation, lacking];
  return {
    result: 'answered',
    answer: answerTo(serving, method, { kind: 'not satisfied', hook }),
    verdict: { ...verdict, verdict: 'not matched', reason, explanation: { ...lacking, parts } },
    problems,
  };
}

/** The answer of a hook whose command was waited for. */
export function answerAfter(
  serving: Answering,
  hook: Hook,
  method: string,
  ended: { readonly succeeded: boolean; readonly output: Uint8Array },
): Answer {
  return answerTo(serving, method, {
    kind: ended.succeeded ? 'succeeded' : 'failed',
    hook,
    output: ended.output,
  });
}

function takes({ methods }: Pick<Serving, 'methods'>, hook: Hook, method: string): boolean {
  const allowed = hook.methods.length > 0 ? hook.methods : methods;
  return allowed.length === 0 || allowed.some(each => each.trim().toUpperCase() === method);
}

function asked(serving: Serving, hook: Hook, request: ReadRequest): Decision {
  const { problems, method } = request;
  const judgement = judgementOf(serving, hook, request);
  const verdict = verdictOf(hook, judgement);
  if (judgement.failure !== null && judgement.failure.kind !== 'missing')
    return {
      result: 'answered',
      answer: answerTo(serving, method, { kind: 'rule error', failure: judgement.failure.kind }),
      verdict,
      problems,
    };
  if (!judgement.holds)
    return {
      result: 'answered',
      answer: answerTo(serving, method, { kind: 'not satisfied', hook }),
      verdict,
      problems,
    };
  const delivery = deliveryIdOf(hook, request);
  return {
    result: 'run',
    hook,
    command: commandOf(serving.behaviour, hook, request),
    answer: answerBefore(serving, hook, method),
    deliveryId: delivery.id,
    verdict,
    problems: [...problems, ...delivery.problems],
  };
}

/** What is answered before the command runs; null where its output is the answer. */
function answerBefore(serving: Answering, hook: Hook, method: string): Answer | null {
  switch (modeOf(hook)) {
    case 'message':
      return answerTo(serving, method, { kind: 'started', hook });
    case 'accepted':
      return answerTo(serving, method, { kind: 'accepted', hook });
    case 'output':
    case 'stream':
      return null;
  }
}

function judgementOf({ behaviour }: Serving, hook: Hook, request: ReadRequest): Judgement {
  if (hook.rule !== null)
    return judge({ behaviour, softSignatures: hook.softSignatures }, hook.rule, request);
  const text = 'the hook has no rule: every request runs it';
  return {
    holds: true,
    failure: null,
    explanation: { holds: true, text, seen: null, error: false, parts: [] },
  };
}

/** A value that is missing is no error: what the rule made of it counts. */
function verdictOf(hook: Hook, { holds, failure, explanation }: Judgement): Verdict {
  const isError = failure !== null && failure.kind !== 'missing';
  const verdict = isError ? 'error' : holds ? 'matched' : 'not matched';
  return { rule: hook.id, verdict, reason: isError ? failure.reason : explanation.text, explanation };
}
