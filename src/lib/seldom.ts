/** Of the same words, says whether it is time for them again. */
export interface Seldom {
  /** How often they were left out since they were said last; undefined when they are to be left out now. */
  say(words: string, now: number): number | undefined;
}

/** The same words once in this time; of more different ones than `most`, those said longest ago are forgotten. */
export function createSeldom(everyMs: number, most: number): Seldom {
  // In the order in which they were said.
  const said = new Map<string, { readonly at: number; leftOut: number }>();
  return {
    say(words, now) {
      const last = said.get(words);
      // A clock that was set back would silence them for long.
      if (last !== undefined && Math.abs(now - last.at) < everyMs) {
        last.leftOut += 1;
        return undefined;
      }
      said.delete(words);
      const [oldest] = said.keys();
      if (said.size >= most && oldest !== undefined) said.delete(oldest);
      said.set(words, { at: now, leftOut: 0 });
      return last?.leftOut ?? 0;
    },
  };
}
