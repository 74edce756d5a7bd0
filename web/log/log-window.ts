import type { LogLine } from '../wire.ts';

/** The part of a log that is drawn: lines without a gap, of a log that may go on at both ends. */
export interface LogWindow {
  readonly lines: readonly LogLine[];
  /** The last line known to exist; 0 when there is none. */
  readonly newest: number;
}

/** Drawn at most: what a browser lays out in a moment. */
export const mostLines = 5_000;

export const emptyWindow: LogWindow = { lines: [], newest: 0 };

/**
 * The window after lines that came at the log's end. One that follows moves with them; one that stands still takes
 * them while it has room, and else only knows of them.
 */
export function append(window: LogWindow, arrived: readonly LogLine[], following: boolean): LogWindow {
  const last = window.lines.at(-1)?.seq;
  const fresh = last === undefined ? arrived : arrived.filter(line => line.seq > last);
  const newest = Math.max(window.newest, arrived.at(-1)?.seq ?? 0);
  const joins = last === undefined || fresh[0]?.seq === last + 1;
  if (!joins) return { ...window, newest };
  const lines = [...window.lines, ...fresh];
  return { newest, lines: following ? lines.slice(-mostLines) : lines.slice(0, mostLines) };
}

/** The window moved up by the lines that stand directly above it. */
export function prepend(window: LogWindow, above: readonly LogLine[]): LogWindow {
  const first = window.lines[0]?.seq ?? window.newest + 1;
  const earlier = above.filter(line => line.seq < first);
  return { ...window, lines: [...earlier, ...window.lines].slice(0, mostLines) };
}

/** The window moved elsewhere: to lines that may have nothing to do with those it showed. */
export function jump(window: LogWindow, lines: readonly LogLine[]): LogWindow {
  return { newest: Math.max(window.newest, lines.at(-1)?.seq ?? 0), lines: lines.slice(-mostLines) };
}
