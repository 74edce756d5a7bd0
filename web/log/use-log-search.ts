import { useEffect, useMemo, useState } from 'preact/hooks';
import { useBox } from '../box.ts';
import type { LogSearch } from '../wire.ts';
import { useScan } from './use-scan.ts';

/** Hits that are counted one by one: more say that the text is everywhere. */
const mostHits = 20_000;
/** People are still typing. */
const typingMs = 200;

/** A search through a whole log, which the server does. */
export interface Search {
  /** As it stands in the field. */
  readonly text: string;
  readonly type: (text: string) => void;
  /** What is searched for now. */
  readonly asked: string;
  readonly total: number;
  /** All hits are known. */
  readonly isDone: boolean;
  /** Which of the hits is looked at; null before the first. */
  readonly current: number | null;
  /** The line it stands in. */
  readonly line: number | null;
  readonly next: () => void;
  readonly previous: () => void;
}

/** `show` brings a line into sight; `here` is a line that is in sight now. */
export function useLogSearch(
  run: string,
  newest: number,
  view: { readonly show: (line: number) => void; readonly here: () => number },
): Search {
  const { api } = useBox();
  const [text, type] = useState('');
  const [asked, ask] = useState('');
  const [current, look] = useState<number | null>(null);

  useEffect(() => {
    const timer = setTimeout(() => {
      ask(text);
      look(null);
    }, typingMs);
    return () => clearTimeout(timer);
  }, [text]);

  const { parts, isDone } = useScan<LogSearch>(
    asked === '' ? null : asked,
    newest,
    after => api.searchLog(run, asked, after),
    parts => countOf(parts) >= mostHits,
  );
  const hits = useMemo(() => parts.flatMap(({ lines }) => lines), [parts]);

  const go = (to: number): void => {
    const at = (to + hits.length) % hits.length;
    const line = hits[at];
    if (line === undefined) return;
    look(at);
    view.show(line);
  };
  const firstFrom = (line: number): number =>
    Math.max(
      0,
      hits.findIndex(hit => hit >= line),
    );
  return {
    text,
    type,
    asked,
    total: hits.length,
    isDone,
    current,
    line: current === null ? null : (hits[current] ?? null),
    next: () => go(current === null ? firstFrom(view.here()) : current + 1),
    previous: () => go(current === null ? firstFrom(view.here()) - 1 : current - 1),
  };
}

const countOf = (parts: readonly LogSearch[]): number =>
  parts.reduce((sum, { lines }) => sum + lines.length, 0);
