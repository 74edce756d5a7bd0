import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { LogReader, LogState } from './log-reader.ts';

/** Nearer to the end than this is at the end. */
const endPx = 24;

export interface LogScroll {
  /** The element that scrolls; its lines bear `data-seq`. */
  readonly box: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  /** This line stays where it is on the screen while the next lines are drawn around it. */
  readonly hold: (seq: number) => void;
}

/** Keeps the log at its end while it follows, and lets it rest as soon as somebody scrolls up. */
export function useLogScroll(reader: LogReader, state: LogState, line: number | null): LogScroll {
  const { window, following } = state;
  const { lines, newest } = window;
  const box = useRef<HTMLDivElement | null>(null);
  const top = useRef(0);
  const held = useRef<{ readonly seq: number; readonly offset: number } | null>(null);
  const wanted = useRef<number | null>(null);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (following) element.scrollTop = element.scrollHeight;
    else if (held.current !== null) {
      element.scrollTop += offsetOf(element, held.current.seq) - held.current.offset;
      held.current = null;
    }
    if (wanted.current !== null && reveal(element, wanted.current)) wanted.current = null;
    top.current = element.scrollTop;
  }, [lines, following]);

  // A line that the address names is brought into sight, once, wherever it is.
  useEffect(() => {
    wanted.current = line;
    if (line !== null) void reader.show(line);
  }, [reader, line]);

  return {
    box,
    onScroll() {
      if (box.current === null) return;
      const { scrollTop, scrollHeight, clientHeight } = box.current;
      const down = scrollTop > top.current;
      const up = scrollTop < top.current;
      const atEnd = scrollHeight - scrollTop - clientHeight < endPx;
      top.current = scrollTop;
      if (up && !atEnd) reader.pause();
      if (down && atEnd && !following && lines.at(-1)?.seq === newest) void reader.follow();
    },
    hold(seq) {
      if (box.current !== null) held.current = { seq, offset: offsetOf(box.current, seq) };
    },
  };
}

const lineOf = (box: Element, seq: number): Element | null => box.querySelector(`[data-seq="${seq}"]`);

/** How far a line stands below the top edge of the box. */
function offsetOf(box: Element, seq: number): number {
  return (lineOf(box, seq)?.getBoundingClientRect().top ?? 0) - box.getBoundingClientRect().top;
}

/** Brings a line into sight; false when it is not drawn yet. */
function reveal(box: Element, seq: number): boolean {
  if (lineOf(box, seq) === null) return false;
  const offset = offsetOf(box, seq);
  if (offset < 0 || offset > box.clientHeight) box.scrollTop += offset - box.clientHeight / 3;
  return true;
}
