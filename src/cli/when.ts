import type { CliIo } from './io.ts';

/** A time for the reader: how long ago for people, the exact time for programs. */
export function when(io: Pick<CliIo, 'isTTY' | 'now'>, at: number): string {
  return io.isTTY ? ago(io.now() - at) : new Date(at).toISOString();
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `now`, `12 s ago`, `3 min ago`, `5 h ago`, `9 d ago`; clocks may differ a little, so the future is `now` too. */
function ago(ms: number): string {
  if (ms < 1000) return 'now';
  if (ms < minuteMs) return `${Math.floor(ms / 1000)} s ago`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min ago`;
  if (ms < dayMs) return `${Math.floor(ms / hourMs)} h ago`;
  return `${Math.floor(ms / dayMs)} d ago`;
}
