/** What the promise brings, or undefined when the signal comes before; the promise goes on either way. */
export async function unlessAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
): Promise<Value | undefined> {
  const over = new AbortController();
  const aborted = new Promise<undefined>(done => {
    if (signal.aborted) done(undefined);
    // Who asks often with one signal leaves nothing behind at it.
    else signal.addEventListener('abort', () => done(undefined), { signal: over.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    over.abort();
  }
}
