import { useEffect, useMemo, useState } from 'preact/hooks';
import { coalesce } from '../coalesce.ts';
import type { Scan } from '../wire.ts';

/** Between two looks at a log that grows. */
const againMs = 500;

/** What was found in a log so far, and whether that is all there is up to now. */
export interface Found<Part> {
  readonly parts: readonly Part[];
  readonly isDone: boolean;
}

/**
 * Has a log looked through, part by part, to its end and on as it grows, until `isEnough`. `key` names what is looked
 * for: another one begins anew; null: nothing.
 */
export function useScan<Part extends Scan>(
  key: string | null,
  newest: number,
  look: (after: number) => Promise<Part>,
  isEnough: (parts: readonly Part[]) => boolean,
): Found<Part> {
  const [found, find] = useState<Found<Part> & { readonly of: string | null }>({
    of: null,
    parts: [],
    isDone: false,
  });

  const scan = useMemo(() => {
    let parts: readonly Part[] = [];
    const life = new AbortController();
    const goOn = coalesce(async () => {
      while (!life.signal.aborted && !isEnough(parts)) {
        // What cannot be looked through now is, when the log grows or somebody asks again.
        const part = await look(parts.at(-1)?.searchedTo ?? 0).catch(() => null);
        if (part === null || life.signal.aborted) return;
        parts = joined(parts, part);
        const isDone = part.atEnd || isEnough(parts);
        find({ of: key, parts, isDone });
        if (isDone) return;
      }
    }, againMs);
    return { goOn, stop: () => life.abort() };
  }, [key]);

  useEffect(() => () => scan.stop(), [scan]);
  useEffect(() => {
    if (key !== null) scan.goOn();
  }, [scan, newest]);

  return found.of === key ? found : { parts: [], isDone: false };
}

/** A part in which nothing was found only moves the end of the one before. */
function joined<Part extends Scan>(parts: readonly Part[], part: Part): readonly Part[] {
  const last = parts.at(-1);
  return last !== undefined && last.searchedTo === part.searchedTo ? parts : [...parts, part];
}
