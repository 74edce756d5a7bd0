/** Rate limits are over within the hour; nobody is believed who names a longer wait than this. */
const longestWaitMs = 24 * 3_600_000;

/** How long an HTTP answer asks to wait, by its own clock; null when it does not say. */
export function askedWaitMs(headers: Headers): number | null {
  const retryAfter = headers.get('retry-after');
  const reset = headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset');
  const now = Date.parse(headers.get('date') ?? '');
  const waitMs =
    retryAfter !== null
      ? /^\d+$/.test(retryAfter)
        ? Number(retryAfter) * 1000
        : Date.parse(retryAfter) - now
      : reset !== null && /^\d+$/.test(reset)
        ? Number(reset) * 1000 - now
        : Number.NaN;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), longestWaitMs);
}
