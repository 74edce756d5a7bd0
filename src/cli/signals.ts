const names = ['SIGINT', 'SIGTERM'] as const;

/**
 * The wish to end, as two signals: the first SIGINT or SIGTERM aborts `drain` (finish what was begun), the second
 * `abandon` (leave everything). A third one ends the process as if nobody listened.
 */
export function lifeSignals(): { readonly drain: AbortSignal; readonly abandon: AbortSignal } & Disposable {
  const drain = new AbortController();
  const abandon = new AbortController();
  const stop = () => {
    for (const name of names) process.off(name, listener);
  };
  function listener(): void {
    if (!drain.signal.aborted) {
      drain.abort();
      return;
    }
    abandon.abort();
    stop();
  }
  for (const name of names) process.on(name, listener);
  return { drain: drain.signal, abandon: abandon.signal, [Symbol.dispose]: stop };
}
