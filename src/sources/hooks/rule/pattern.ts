import { RE2JS } from 're2js';
import type { Match } from '../hook.ts';

export type Pattern =
  | {
      readonly result: 'pattern';
      readonly matches: (text: string) => boolean;
      /** How much work a text may be at most, in steps of the pattern. */
      readonly steps: (text: string) => number;
    }
  | { readonly result: 'broken'; readonly reason: string };

/** RE2, as the original reads it: no look-around, no back references, and no pattern takes more than linear time. */
export function readPattern(regex: string): Pattern {
  try {
    const compiled = RE2JS.compile(regex);
    return {
      result: 'pattern',
      matches: text => compiled.matcher(text).find(),
      steps: text => text.length * compiled.programSize(),
    };
  } catch (error) {
    return { result: 'broken', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Each rule's pattern is compiled once. */
const compiled = new WeakMap<Match, Pattern>();

export function patternOf(match: Match): Pattern {
  const pattern = compiled.get(match) ?? readPattern(match.regex);
  compiled.set(match, pattern);
  return pattern;
}
