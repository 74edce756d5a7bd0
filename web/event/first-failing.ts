import type { Explanation } from '../../src/domain/explanation.ts';

/** The part that decided against the rule: the first that failed, down to where it has no parts of its own. */
export function firstFailing(explanation: Explanation): Explanation | null {
  if (explanation.holds !== false) return null;
  const failed = explanation.parts.find(part => part.holds === false);
  // What stands below a "not" held, and that is the failure.
  return failed === undefined || explanation.text.startsWith('not: ') ? explanation : firstFailing(failed);
}
