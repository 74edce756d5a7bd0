import { SignalboxError } from '../../../domain/errors.ts';
import { type GlobNode, globNodes } from './glob-nodes.ts';

/** How much matching may still be done: whoever writes patterns must not decide how long others wait. */
export interface Effort {
  left: number;
}

/** About half a second; the patterns of real repositories take a thousandth of it. */
export const usualEffort = 10_000_000;

/**
 * A pattern of Go's doublestar v4, as Tangled reads them: `*` stays within a segment and `**` is more only where it is a
 * whole one; dots, `!` and `+(…)` mean nothing special. Made for many names.
 */
export interface Glob {
  /** Whether all of the name matches. Takes time in proportion to its length, and throws `invalid` when that is too much. */
  matches(name: string, effort: Effort): boolean;
}

/** Throws `invalid` when the pattern is malformed. */
export function createGlob(pattern: string): Glob {
  const first = globNodes(pattern);
  return {
    matches(name, effort) {
      // All ways to match are followed at once, so that no pattern makes more of them than it has places.
      let places = start(first);
      for (const character of name) {
        const next = createPlaces();
        for (const { node } of opened(places)) {
          effort.left -= 1;
          if (effort.left < 0) throw tooMuch();
          read(next, node, character);
        }
        if (next.all.length === 0) return false;
        places = next;
      }
      // What matches nothing does so only here: before, `**` and `*` have something to stand for.
      return places.all.some(({ node }) => node.matchesNothing);
    },
  };
}

/** Where a match stands; `atStart`: nothing of a segment has been read, so that `**` may be a whole one. */
interface Place {
  readonly node: GlobNode;
  readonly atStart: boolean;
}

interface Places {
  readonly all: Place[];
  add(node: GlobNode, atStart: boolean): void;
}

function createPlaces(): Places {
  const all: Place[] = [];
  const seen = new Set<number>();
  return {
    all,
    add(node, atStart) {
      const key = node.id * 2 + Number(atStart);
      if (seen.has(key)) return;
      seen.add(key);
      all.push({ node, atStart });
    },
  };
}

function start(node: GlobNode): Places {
  const places = createPlaces();
  places.add(node, true);
  return places;
}

/** Those places, and all that are reached from them without reading anything. */
function opened(places: Places): readonly Place[] {
  // Grows while it is gone through.
  for (const { node, atStart } of places.all)
    switch (node.kind) {
      case 'star':
        places.add(node.inside, false);
        break;
      case 'stars':
        if (!atStart || node.whole === null) places.add(node.inside, false);
        else {
          places.add(node.whole, false);
          if (node.whole.kind === 'segments') places.add(node.whole.next, true);
        }
        break;
      case 'inside star':
        places.add(node.next, false);
        break;
      case 'group':
        for (const option of node.options) places.add(option, true);
        break;
      case 'one':
      case 'segments':
      case 'rest':
      case 'end':
    }
  return places.all;
}

/** Where reading a character at a place leads. */
function read(next: Places, node: GlobNode, character: string): void {
  switch (node.kind) {
    case 'one':
      if (node.is(character)) next.add(node.next, node.isSlash);
      return;
    case 'inside star':
      if (character !== '/') next.add(node, false);
      return;
    case 'segments':
      next.add(node, false);
      if (character === '/') next.add(node.next, true);
      return;
    case 'rest':
      next.add(node, false);
      return;
    case 'end':
    case 'star':
    case 'stars':
    case 'group':
  }
}

const tooMuch = (): SignalboxError =>
  new SignalboxError('invalid', 'matching the patterns takes too long: write fewer or simpler ones');
