/** Why `fetch` got no answer, of which it was to come within that time: what happened is hidden in the cause. */
export function noAnswer(error: unknown, withinMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing came within ${withinMs / 1000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
