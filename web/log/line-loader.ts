import type { LogLine } from '../wire.ts';
import type { LineCache } from './line-cache.ts';

/** Whence lines come, and who hears of it. */
interface Source {
  readonly read: (after: number, most: number) => Promise<readonly LogLine[]>;
  readonly arrived: (lines: readonly LogLine[]) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Returns how to ask for lines, which are in order: those that are not in the cache are read, one stretch after the
 * other, and each once, as some may be too long to be kept together. Who asks for others meanwhile gets those.
 */
export function createLineLoader(cache: LineCache, source: Source): (wanted: readonly number[]) => void {
  let wanted: readonly number[] = [];
  let reading = false;

  async function read(): Promise<void> {
    reading = true;
    let lines = wanted;
    let done = 0;
    try {
      for (;;) {
        if (lines !== wanted) {
          lines = wanted;
          done = 0;
        }
        const missing = cache.missing(lines.filter(line => line > done));
        if (missing === null) return;
        done = missing.after + missing.count;
        const arrived = await source.read(missing.after, missing.count);
        if (arrived.length === 0) return;
        source.arrived(arrived);
      }
    } catch (error) {
      source.failed(error);
    } finally {
      reading = false;
    }
  }

  return lines => {
    wanted = lines;
    if (!reading && cache.missing(lines) !== null) void read();
  };
}
