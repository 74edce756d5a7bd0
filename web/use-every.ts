import { useEffect } from 'preact/hooks';

/** Looks again now and then at what the feed does not tell of, while somebody may see it. `look` is taken once. */
export function useEvery(ms: number, look: () => void): void {
  useEffect(() => {
    const timer = setInterval(() => document.hidden || look(), ms);
    return () => clearInterval(timer);
  }, []);
}
