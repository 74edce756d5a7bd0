import type { Explanation } from './explanation.ts';
import type { Action } from './rule.ts';

/**
 * What an event itself names to be run: a script and its arguments, a hook and its command. Only a source whose
 * configuration lets its callers do so makes one, within what that allows; the rule that answers to it, which the source
 * brings as well, decides everything else: time, room, secrets, who is told.
 */
export interface Call {
  /** The one rule that answers to it. */
  readonly rule: string;
  /** What is called, in the caller's own word: a script's name, a hook's id. */
  readonly name: string;
  /** Null: the grounds do not hold, so nothing is to run. */
  readonly action: Action | null;
  /** Variables of the caller's; they win over those of the rule. */
  readonly env: Readonly<Record<string, string>>;
  /** What the source found out about the caller's right to it: a part of the verdict's explanation. */
  readonly grounds: Explanation;
}
