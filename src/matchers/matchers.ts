import type { Flaw } from '../domain/condition.ts';
import type { Matchers } from '../domain/explanation.ts';
import { createExpressions } from './cel.ts';
import { checkGlob, createGlobs } from './glob.ts';

/** Deciding, and telling beforehand whether a pattern or an expression can be decided at all. */
export interface CheckingMatchers extends Matchers {
  checkGlob(pattern: string): Flaw | null;
  checkExpression(source: string): Flaw | null;
  /** What is allowed and probably not meant: fields that no event has, deciding by what anyone can write. */
  adviseExpression(source: string): readonly Flaw[];
}

/** Globs and CEL expressions as rules use them; what was compiled once is kept. */
export function createMatchers(): CheckingMatchers {
  const expressions = createExpressions();
  return {
    glob: createGlobs(),
    expression: (source, event) => expressions.evaluate(source, event),
    checkGlob,
    checkExpression: source => expressions.check(source),
    adviseExpression: source => expressions.advise(source),
  };
}
