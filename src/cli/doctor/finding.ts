/** `broken` must be mended before signalbox works, a `warning` should be, `info` is only good to know. */
export type Health = 'ok' | 'info' | 'warning' | 'broken';

export interface Finding {
  /** What was looked at, in one or two words. */
  readonly check: string;
  readonly health: Health;
  /** What was seen. */
  readonly says: string;
  /** One sentence; null when there is nothing to mend. */
  readonly mend: string | null;
}

export const fine = (check: string, says: string): Finding => ({ check, health: 'ok', says, mend: null });
export const info = (check: string, says: string): Finding => ({ check, health: 'info', says, mend: null });
export const warning = (check: string, says: string, mend: string): Finding => ({
  check,
  health: 'warning',
  says,
  mend,
});
export const broken = (check: string, says: string, mend: string): Finding => ({
  check,
  health: 'broken',
  says,
  mend,
});
