/** Milliseconds since 1970 with fractions, by the clock that other programs read as well. */
export const wallClock = (): number => performance.now() + offsetMs;

/** `Date.now()` has whole milliseconds only: at the moment of a tick it is exact. */
function offset(): number {
  const before = Date.now();
  for (;;) {
    const now = Date.now();
    if (now !== before) return now - performance.now();
  }
}
const offsetMs = offset();
