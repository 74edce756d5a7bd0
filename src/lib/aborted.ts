/** Resolves when the signal aborts, at once if it has. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise(done => {
    if (signal.aborted) done(undefined);
    else signal.addEventListener('abort', () => done(undefined), { once: true });
  });
}
