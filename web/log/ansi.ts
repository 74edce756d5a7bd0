import { controlSequences, shownOf } from '../../src/domain/control-sequences.ts';
import { visible } from '../visible.ts';
import { type Color, indexed, named, nearest } from './palette.ts';

/** A piece of a line that looks the same all along. `classes` are made here, never taken from the line. */
export interface Span {
  readonly text: string;
  readonly classes: string;
  /** Where it leads, when it is a link: always `http://…` or `https://…`. */
  readonly href: string | null;
}

interface Style {
  readonly marks: readonly Mark[];
  readonly color: Color | null;
  readonly background: Color | null;
}
type Mark = 'bold' | 'dim' | 'italic' | 'underline' | 'inverse' | 'struck';

const plain: Style = { marks: [], color: null, background: null };

/** More pieces than this make a page slow and no line clearer: the rest of the line is shown plain. */
const mostSpans = 500;

/** A link that a terminal would open: `ESC ] 8 ; parameters ; address`. Only addresses of the web are links here. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const link = /^(?:\u001b\]|\u009d)8;[^;]*;([^\u0007\u001b\u009c]*)/;

/**
 * A line of a log as pieces of text with colours. Colours begin and end with the line, so every line looks the same
 * whichever lines stand above it; so do links. Of what a carriage return overwrites, the last is shown. Sequences that do
 * anything but colour vanish; every other character that nobody would see is spelled out.
 */
export function spans(line: string): readonly Span[] {
  const text = shownOf(line);
  const found: Span[] = [];
  let style = plain;
  let href: string | null = null;
  let from = 0;
  const put = (piece: string): void => {
    if (piece !== '') found.push({ text: visible(piece), classes: classesOf(style), href });
  };
  for (const match of text.matchAll(controlSequences)) {
    put(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') style = styled(style, match[1] ?? '');
    const target = link.exec(match[0])?.[1];
    if (target !== undefined) href = webAddress(target);
    if (found.length >= mostSpans) {
      put(text.slice(from).replace(controlSequences, ''));
      return found;
    }
  }
  put(text.slice(from));
  return found;
}

function webAddress(text: string): string | null {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return null;
  return new URL(text).href;
}

/** The style after `ESC [ parameters m`. Both `38;5;n` and `38:5:n` are met in the wild. */
function styled(before: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number);
  let style = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const [color, used] = free(codes.slice(at + 1));
      style = code === 38 ? { ...style, color } : { ...style, background: color };
      at += used;
    } else style = applied(style, code);
  }
  return style;
}

/** A colour by number (`5;n`) or by parts (`2;r;g;b`), and how many parameters it took. */
function free([kind, first = 0, second = 0, third = 0]: readonly number[]): readonly [Color | null, number] {
  if (kind === 5) return [indexed(first), 2];
  if (kind === 2) return [nearest([first, second, third]), 4];
  return [null, 1];
}

function applied(style: Style, code: number): Style {
  if (code === 0) return plain;
  const on = marks.get(code);
  if (on !== undefined) return { ...style, marks: [...style.marks.filter(mark => mark !== on), on] };
  const off = unmarks.get(code);
  if (off !== undefined) return { ...style, marks: style.marks.filter(mark => !off.includes(mark)) };
  if (code === 39) return { ...style, color: null };
  if (code === 49) return { ...style, background: null };
  if (code >= 30 && code <= 37) return { ...style, color: named(code - 30) };
  if (code >= 40 && code <= 47) return { ...style, background: named(code - 40) };
  if (code >= 90 && code <= 97) return { ...style, color: named(code - 82) };
  if (code >= 100 && code <= 107) return { ...style, background: named(code - 92) };
  return style;
}

const marks: ReadonlyMap<number, Mark> = new Map([
  [1, 'bold'],
  [2, 'dim'],
  [3, 'italic'],
  [4, 'underline'],
  [7, 'inverse'],
  [9, 'struck'],
]);
const unmarks: ReadonlyMap<number, readonly Mark[]> = new Map([
  [22, ['bold', 'dim']],
  [23, ['italic']],
  [24, ['underline']],
  [27, ['inverse']],
  [29, ['struck']],
]);

function classesOf({ marks, color, background }: Style): string {
  const classes: string[] = marks.map(mark => `ansi-${mark}`);
  if (color !== null) classes.push(`ansi-${color}`);
  if (background !== null) classes.push(`ansi-on-${background}`);
  return classes.join(' ');
}
