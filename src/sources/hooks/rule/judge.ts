import type { Explanation } from '../../../domain/explanation.ts';
import { cut } from '../../../domain/shown.ts';
import type { Behaviour } from '../deviations.ts';
import type { Rule } from '../hook.ts';
import type { ReadRequest } from '../request/request.ts';
import { answered, failed, type Judgement } from './judgement.ts';
import { inShort } from './label.ts';
import { judgeMatch } from './match.ts';

export interface Judging {
  readonly behaviour: Behaviour;
  /** Whether an `or` takes a wrong signature as "no" and goes on. */
  readonly softSignatures: boolean;
}

/** Asks a rule about a request, from left to right and no further than needed. Total: what is broken is in the answer. */
export function judge(judging: Judging, rule: Rule, request: ReadRequest): Judgement {
  switch (rule.kind) {
    case 'and':
      return judgeAnd(judging, rule.of, request);
    case 'or':
      return judgeOr(judging, rule.of, request);
    case 'not':
      return judgeNot(judging, rule.of, request);
    case 'match':
      return judgeMatch(judging.behaviour, rule.match, request);
    case 'empty':
      return answered(false, 'the rule is empty, so it never holds');
  }
}

/** The first that fails or does not hold decides. */
function judgeAnd(judging: Judging, rules: readonly Rule[], request: ReadRequest): Judgement {
  const parts: Explanation[] = [];
  for (const [n, rule] of rules.entries()) {
    const one = judge(judging, rule, request);
    parts.push(one.explanation);
    if (one.holds && one.failure === null) continue;
    parts.push(...notAsked(rules.slice(n + 1)));
    const { text } = one.explanation;
    return one.failure === null
      ? answered(false, text, null, parts)
      : failed(one.failure.kind, one.failure.reason, null, parts);
  }
  const [only] = parts;
  if (only === undefined) return answered(true, 'an empty "and" asks nothing');
  return answered(true, parts.length === 1 ? only.text : `all ${parts.length} rules hold`, null, parts);
}

/**
 * The first that holds decides; what is missing is no, and so is a wrong signature where the hook says so. One provider
 * may prove what another one does not; where none does, that is what failed.
 */
function judgeOr(judging: Judging, rules: readonly Rule[], request: ReadRequest): Judgement {
  const parts: Explanation[] = [];
  let unproven = false;
  for (const [n, rule] of rules.entries()) {
    const one = judge(judging, rule, request);
    const kind = one.failure?.kind;
    unproven ||= kind === 'unproven';
    const forgiven =
      kind === 'missing' || kind === 'unproven' || (kind === 'signature' && judging.softSignatures);
    parts.push(forgiven ? { ...one.explanation, holds: one.holds, error: false } : one.explanation);
    const decided = one.failure !== null && !forgiven ? one.failure : one.holds;
    if (decided === false) continue;
    parts.push(...notAsked(rules.slice(n + 1)));
    return decided === true
      ? answered(true, one.explanation.text, null, parts)
      : failed(decided.kind, decided.reason, null, parts);
  }
  const why = parts.slice(0, 3).map(({ text }) => text);
  const text =
    parts.length === 0
      ? 'an empty "or" never holds'
      : parts.length === 1
        ? why.join()
        : cut(`none of ${parts.length} alternatives holds: ${why.join('; ')}`, 300);
  return unproven ? failed('unproven', text, null, parts) : answered(false, text, null, parts);
}

/** Turns the answer round and keeps the failure: to the original, "not" over something missing holds. No proof is none. */
function judgeNot({ behaviour, ...judging }: Judging, rule: Rule, request: ReadRequest): Judgement {
  const one = judge({ behaviour, ...judging }, rule, request);
  const { failure } = one;
  const isMissing = failure?.kind === 'missing';
  const isDenied = failure?.kind === 'unproven' || (isMissing && behaviour.has('refuseMissingInNot'));
  const holds = !isDenied && !one.holds;
  const { text, error } = one.explanation;
  const inverted = isMissing ? `not: ${text}, which ${holds ? 'holds' : 'does not hold'}` : `not: ${text}`;
  return {
    holds,
    failure,
    explanation: {
      holds: error ? false : holds,
      text: error ? text : inverted,
      seen: one.explanation.seen,
      error,
      parts: [one.explanation],
    },
  };
}

const notAsked = (rules: readonly Rule[]): readonly Explanation[] =>
  rules.map(rule => ({
    holds: null,
    text: `not looked at: ${inShort(rule)}`,
    seen: null,
    error: false,
    parts: [],
  }));
