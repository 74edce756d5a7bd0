import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Rows } from './rows.ts';
import type { Follow } from './use-follow.ts';

/** Rows that are drawn: some screens of them, whatever the log's length. */
const drawnRows = 240;
/** With fewer drawn rows than this beyond an edge of the screen, the next are drawn. */
const spareRows = 60;
/** Browsers cannot lay out more than this; in longer logs the scroll bar stands for more than it shows. */
const mostPx = 8_000_000;
/** Nearer to the end than this is at the end. */
const endPx = 24;

export interface Viewport {
  /** The element that scrolls; rows bear `data-seq`. */
  readonly box: RefObject<HTMLDivElement | null>;
  /** The rows that are drawn, from the first up to, and without, the last. */
  readonly first: number;
  readonly last: number;
  /** How high what is not drawn would be, above and below. */
  readonly abovePx: number;
  readonly belowPx: number;
  readonly onScroll: () => void;
  /** Goes to the first line. */
  readonly toTop: () => void;
  /** Brings a line into sight. */
  reveal(line: number): void;
  /** This line stays where it is on the screen, whatever is folded or drawn. */
  hold(line: number): void;
  /** The first line in sight; null when none is drawn there. */
  topLine(): number | null;
}

/** What stays where it is while rows are drawn anew. */
interface Anchor {
  readonly line: number;
  /** How far below the top edge of the box it stands. */
  readonly offsetPx: number;
}

/** Draws a part of a long list, and moves it as somebody scrolls; follows its end until they scroll up. */
export function useViewport(rows: Rows, follow: Pick<Follow, 'following' | 'pause' | 'resume'>): Viewport {
  const box = useRef<HTMLDivElement | null>(null);
  const anchor = useRef<Anchor | null>(null);
  const top = useRef(0);
  const [rowPx, measure] = useState(20);
  /** The line of the first drawn row: rows change their numbers when sections are folded. */
  const [topLine, draw] = useState(1);

  const highest = Math.max(0, rows.count - drawnRows);
  const first = follow.following ? highest : Math.min(highest, rows.rowOf(topLine));
  const last = Math.min(rows.count, first + drawnRows);
  const px = Math.min(rowPx, mostPx / Math.max(1, rows.count));

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    measure(Number.parseFloat(getComputedStyle(element).lineHeight));
  }, []);

  // After every drawing: lines that wrap, and lines that have come, move what stands below them.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (follow.following) element.scrollTop = element.scrollHeight;
    else keep(element, anchor.current);
    top.current = element.scrollTop;
  });

  /** Draws around a row. */
  const drawAround = (row: number): void => draw(rows.lineOf(Math.max(0, row - Math.floor(drawnRows / 3))));

  return {
    box,
    first,
    last,
    abovePx: first * px,
    belowPx: (rows.count - last) * px,
    onScroll() {
      const element = box.current;
      if (element === null) return;
      const { scrollTop, scrollHeight, clientHeight } = element;
      const movedPx = scrollTop - top.current;
      top.current = scrollTop;
      const isAtEnd = scrollHeight - scrollTop - clientHeight < endPx;
      if (follow.following) {
        if (movedPx >= 0 || isAtEnd) return;
        // What is drawn stays drawn.
        draw(rows.lineOf(first));
        follow.pause();
      } else if (movedPx > 0 && isAtEnd) {
        if (last === rows.count) return follow.resume();
        // The end of the scroll bar is the end of the log.
        anchor.current = { line: rows.lineOf(rows.count - 1), offsetPx: clientHeight };
        return drawAround(rows.count);
      }

      const shown = shownRows(element);
      if (shown === null) {
        // The scroll bar was dragged to where nothing is drawn.
        const above = first * px;
        const drawnPx = element.scrollHeight - above - (rows.count - last) * px;
        const row =
          scrollTop < above
            ? Math.floor(scrollTop / px)
            : last + Math.floor((scrollTop - above - drawnPx) / px);
        const target = Math.min(Math.max(0, row), rows.count - 1);
        anchor.current = { line: rows.lineOf(target), offsetPx: 0 };
        return drawAround(target);
      }
      anchor.current = shown.anchor;
      const row = rows.rowOf(shown.anchor.line);
      const lacksAbove = first > 0 && row - first < spareRows;
      const lacksBelow = last < rows.count && last - rows.rowOf(shown.lastLine) < spareRows;
      if (lacksAbove || lacksBelow) drawAround(row);
    },
    toTop() {
      anchor.current = { line: 1, offsetPx: 0 };
      if (box.current !== null) keep(box.current, anchor.current);
      drawAround(0);
      follow.pause();
    },
    reveal(line) {
      const element = box.current;
      if (element === null) return;
      const row = rows.rowOf(line);
      const drawn = rowOf(element, rows.lineOf(row));
      const isInSight =
        drawn !== null &&
        drawn.offsetTop >= element.scrollTop &&
        drawn.offsetTop + drawn.offsetHeight <= element.scrollTop + element.clientHeight;
      const offsetPx = isInSight ? drawn.offsetTop - element.scrollTop : Math.floor(element.clientHeight / 3);
      anchor.current = { line: rows.lineOf(row), offsetPx };
      // It may be drawn already, and then nothing is drawn anew.
      keep(element, anchor.current);
      drawAround(row);
      follow.pause();
    },
    hold(line) {
      const element = box.current;
      const row = element && rowOf(element, line);
      if (element === null || row === null) return;
      anchor.current = { line, offsetPx: row.offsetTop - element.scrollTop };
      if (follow.following) draw(rows.lineOf(first));
      follow.pause();
    },
    topLine: () => (box.current && shownRows(box.current)?.anchor.line) ?? null,
  };
}

/** Brings what is to stay in its place back there. */
function keep(box: HTMLElement, anchor: Anchor | null): void {
  const row = anchor && rowOf(box, anchor.line);
  if (anchor === null || row === null) return;
  const movedPx = row.offsetTop - box.scrollTop - anchor.offsetPx;
  if (Math.abs(movedPx) >= 1) box.scrollTop += movedPx;
}

const rowOf = (box: Element, line: number): HTMLElement | null => box.querySelector(`[data-seq="${line}"]`);
const lineOf = (row: Element): number => Number(row.getAttribute('data-seq'));

/** The first row of which something is in sight, and the last; null when no drawn row is. */
function shownRows(box: HTMLElement): { readonly anchor: Anchor; readonly lastLine: number } | null {
  const drawn = box.querySelectorAll<HTMLElement>('[data-seq]');
  const end = box.scrollTop + box.clientHeight;
  /** The first row whose lower edge is below a place. */
  const below = (placePx: number): number => {
    let low = 0;
    let high = drawn.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = drawn[middle];
      if (row !== undefined && row.offsetTop + row.offsetHeight <= placePx) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const first = drawn[below(box.scrollTop)];
  if (first === undefined || first.offsetTop > end) return null;
  const lastShown = drawn[Math.min(below(end), drawn.length - 1)] ?? first;
  return {
    anchor: { line: lineOf(first), offsetPx: first.offsetTop - box.scrollTop },
    lastLine: lineOf(lastShown),
  };
}
