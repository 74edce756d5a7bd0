import { useMemo } from 'preact/hooks';
import { useBox } from '../box.ts';
import type { LogMark, LogMarks } from '../wire.ts';
import { useScan } from './use-scan.ts';

/** A log with more marks than this is not folded any further. */
const mostMarks = 10_000;

/** What structures a log, as far as it was looked through. */
export interface Marks {
  readonly marks: readonly LogMark[];
  readonly firstError: number | null;
}

export function useLogMarks(run: string, newest: number): Marks {
  const { api } = useBox();
  const { parts } = useScan<LogMarks>(
    run,
    newest,
    after => api.markLog(run, after),
    parts => countOf(parts) >= mostMarks,
  );
  return useMemo(
    () => ({
      marks: parts.flatMap(({ marks }) => marks),
      firstError: parts.find(({ firstError }) => firstError !== null)?.firstError ?? null,
    }),
    [parts],
  );
}

const countOf = (parts: readonly LogMarks[]): number =>
  parts.reduce((sum, { marks }) => sum + marks.length, 0);
