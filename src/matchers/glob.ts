import type { Flaw } from '../domain/condition.ts';
import { remember } from './cache.ts';
import { parseGlob, type Token } from './glob-syntax.ts';

/** Linux allows no longer path; a longer text matches nothing. */
const longestText = 4096;
const mostRemembered = 1000;

/**
 * A glob matcher whose time is bounded by pattern × text, whatever they are. (Globs turned into regular expressions
 * backtrack: `*a*a*a*a*b` against a hundred letters takes seconds, and the text is a stranger's.)
 */
export function createGlobs(): (pattern: string, text: string) => boolean {
  const parsed = remember(mostRemembered, parseGlob);
  return (pattern, text) => {
    if (text.length > longestText) return false;
    const glob = parsed(pattern);
    if (glob.result === 'flaw') return false;
    const chars = Array.from(text);
    return glob.alternatives.some(tokens => matches(tokens, chars));
  };
}

/** What is wrong with a glob, or null. */
export function checkGlob(pattern: string): Flaw | null {
  const parsed = parseGlob(pattern);
  return parsed.result === 'flaw' ? parsed.flaw : null;
}

/** Walks all ways through the pattern at once: after each character, `here[n]` tells whether the first n tokens fit so far. */
function matches(tokens: readonly Token[], chars: readonly string[]): boolean {
  let here = new Uint8Array(tokens.length + 1);
  here[0] = 1;
  skipEmpty(tokens, here, true);
  for (const char of chars) {
    const next = new Uint8Array(tokens.length + 1);
    let alive = false;
    tokens.forEach((token, n) => {
      if (here[n] !== 1 || !accepts(token, char)) return;
      next[token.kind === 'run' || token.kind === 'folders' ? n : n + 1] = 1;
      alive = true;
    });
    if (!alive) return false;
    skipEmpty(tokens, next, char === '/');
    here = next;
  }
  return here[tokens.length] === 1;
}

/** Runs may be over at any time, folders only where a segment begins. */
function skipEmpty(tokens: readonly Token[], here: Uint8Array, atSegmentStart: boolean): void {
  tokens.forEach((token, n) => {
    if (here[n] === 1 && (token.kind === 'run' || (token.kind === 'folders' && atSegmentStart)))
      here[n + 1] = 1;
  });
}

function accepts(token: Token, char: string): boolean {
  switch (token.kind) {
    case 'char':
      return token.char === char;
    case 'one':
    case 'run':
      return token.crosses || char !== '/';
    case 'class':
      return char !== '/' && token.ranges.some(([from, to]) => from <= char && char <= to) !== token.negated;
    case 'folders':
      return true;
  }
}
