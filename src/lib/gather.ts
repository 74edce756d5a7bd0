/** Texts on their way to somewhere that costs the same for many as for one. */
export interface Gathered {
  add(text: string): void;
  /** Hands on at once what was added. */
  flush(): void;
}

/** Hands on what was added in one turn of the event loop together, at its end. */
export function gather(handOn: (texts: string) => void): Gathered {
  let waiting = '';
  function flush(): void {
    const texts = waiting;
    waiting = '';
    if (texts !== '') handOn(texts);
  }
  return {
    add(text) {
      if (waiting === '') setImmediate(flush);
      waiting += text;
    },
    flush,
  };
}
