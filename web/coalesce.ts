/**
 * Makes a way to ask for work as often as one likes: it is done at once, never twice at a time, and at most once per
 * gap; what is asked for meanwhile is done once, afterwards.
 */
export function coalesce(work: () => Promise<void>, gapMs: number): () => void {
  let busy = false;
  let asked = false;
  const start = (): void => {
    if (busy) {
      asked = true;
      return;
    }
    busy = true;
    asked = false;
    void work().finally(() =>
      setTimeout(() => {
        busy = false;
        if (asked) start();
      }, gapMs),
    );
  };
  return start;
}
