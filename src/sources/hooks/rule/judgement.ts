import type { Explanation } from '../../../domain/explanation.ts';
import type { Json } from '../../../domain/json.ts';

/** Why a rule could not simply be asked. */
export interface Failure {
  /**
   * `missing` counts as not satisfied; the others are errors. An `or` may forgive a wrong signature, and goes on where a
   * provider's proof failed: `unproven`.
   */
  readonly kind: 'missing' | 'signature' | 'unproven' | 'other';
  readonly reason: string;
}

/** A rule's answer. It can hold and have failed: "not" turns the answer round and keeps the failure. */
export interface Judgement {
  readonly holds: boolean;
  readonly failure: Failure | null;
  readonly explanation: Explanation;
}

/** A plain answer, with the value that was looked at. */
export function answered(
  holds: boolean,
  text: string,
  seen: Json = null,
  parts: readonly Explanation[] = [],
): Judgement {
  return { holds, failure: null, explanation: { holds, text, seen, error: false, parts } };
}

export function failed(
  kind: Failure['kind'],
  reason: string,
  seen: Json = null,
  parts: readonly Explanation[] = [],
): Judgement {
  const explanation = { holds: false, text: reason, seen, error: kind !== 'missing', parts };
  return { holds: false, failure: { kind, reason }, explanation };
}
