import { treeMemoryMb } from './process.ts';

/** Seldom enough not to be noticed among thousands of processes a second. */
const lookMs = 100;

/** Looks at a process and its descendants now and then, and remembers the most memory that they had together. */
export function watchMemory(pid: number): Disposable & { peakMb(): number } {
  let peakMb = 0;
  const look = (): void => {
    peakMb = Math.max(peakMb, treeMemoryMb(pid));
  };
  const timer = setInterval(look, lookMs);
  return {
    peakMb() {
      look();
      return peakMb;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
