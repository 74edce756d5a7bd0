import type { Standing } from '../wire.ts';

/** How a run stands, in one word: what the glossary calls its state, or its outcome once it has one. */
export function standingWord({ state, outcome }: Standing): string {
  return outcome ?? (state === 'blocked' ? 'waits for approval' : state);
}
