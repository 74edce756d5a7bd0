import { type CliIo, hint } from './io.ts';

/** Seldom enough to be read. */
const everyMs = 2_000;

/** Tells people how far something is that takes a while; programs are told the end alone. */
export function tellProgress(io: Pick<CliIo, 'stderr' | 'isTTY' | 'now'>): (text: string) => void {
  let toldAt = io.now();
  return text => {
    if (io.now() - toldAt < everyMs) return;
    toldAt = io.now();
    hint(io, `… ${text}`);
  };
}
