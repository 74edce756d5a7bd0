import type { Span } from './ansi.ts';

/** A piece of a line that may be what was searched for. */
export interface Piece extends Span {
  readonly isFound: boolean;
}

/** The pieces of a line, cut where a text that was searched for begins and ends, in whatever case. */
export function highlighted(spans: readonly Span[], text: string): readonly Piece[] {
  if (text === '') return spans.map(span => ({ ...span, isFound: false }));
  const line = spans.map(span => span.text).join('');
  const edges = edgesOf(line, text);
  if (edges.length === 0) return spans.map(span => ({ ...span, isFound: false }));
  const pieces: Piece[] = [];
  let at = 0;
  let passed = 0;
  for (const span of spans) {
    const end = at + span.text.length;
    for (let from = at; from < end; ) {
      while ((edges[passed] ?? Number.POSITIVE_INFINITY) <= from) passed += 1;
      const to = Math.min(edges[passed] ?? end, end);
      pieces.push({ ...span, text: line.slice(from, to), isFound: passed % 2 === 1 });
      from = to;
    }
    at = end;
  }
  return pieces;
}

/** Where a text begins and ends in a line, in turns. */
function edgesOf(line: string, text: string): readonly number[] {
  const within = line.toLowerCase();
  const wanted = text.toLowerCase();
  // Some letters are longer in the other case: then the places would not be those of the line.
  if (within.length !== line.length) return [];
  const edges: number[] = [];
  for (let at = within.indexOf(wanted); at !== -1; at = within.indexOf(wanted, at + wanted.length))
    edges.push(at, at + wanted.length);
  return edges;
}
