export type StopReason = 'cancelled' | 'timeout';

/** Tells when a command has to end before it ends by itself. Dispose it when it has ended. */
export interface StopRequest extends Disposable {
  readonly asked: Promise<StopReason>;
}

/** What a timer can hold at most; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

export function stopRequest(limits: {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}): StopRequest {
  const { promise: asked, resolve } = Promise.withResolvers<StopReason>();
  const timer = setTimeout(() => resolve('timeout'), Math.min(limits.timeoutMs, longestTimerMs));
  const cancel = (): void => resolve('cancelled');
  limits.signal.addEventListener('abort', cancel);
  if (limits.signal.aborted) cancel();
  return {
    asked,
    [Symbol.dispose]() {
      clearTimeout(timer);
      limits.signal.removeEventListener('abort', cancel);
    },
  };
}
