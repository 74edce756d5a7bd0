import { stripVTControlCharacters } from 'node:util';

/**
 * Text from outside, made visible and harmless: whatever moves the cursor, colours, reorders, hides or breaks a line
 * shows as an escape (`\n`, `\u{1b}`). What this returns is one line, and takes the place that `width` says.
 */
export function visible(text: string): string {
  return text.replace(invisible, character => named.get(character) ?? `\\u{${hex(character)}}`);
}

/** Controls, format characters (bidi, zero width, tags), line and paragraph separators, lone surrogates, noncharacters. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Cn}\p{Co}]/gu;
const named = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
const hex = (character: string): string => (character.codePointAt(0) ?? 0).toString(16);

/**
 * A line of a log for a terminal: colours may stay, everything else that could drive the terminal (cursor, title,
 * clipboard, links, answers back) is taken out. Text that a carriage return would have overwritten is dropped.
 */
export function terminalLine(text: string, colours: boolean): string {
  const shown = text.replace(/\r+$/, '');
  const last = shown.slice(shown.lastIndexOf('\r') + 1);
  if (!colours) return harmless(last);
  const parts = last.split(colourSequence);
  // `split` with one group alternates: text, colour sequence, text, …
  const clean = parts.map((part, index) => (index % 2 === 1 ? part : harmless(part))).join('');
  return parts.length > 1 ? `${clean}${resetColours}` : clean;
}

const escape = '\u001b';
const resetColours = `${escape}[0m`;
const colourSequence = new RegExp(`(${escape}\\[[0-9;:]*m)`);
const harmless = (text: string): string =>
  stripVTControlCharacters(text).replace(dangerous, character => `\\u{${hex(character)}}`);
/** All that `visible` shows but the tab; joiners stay, scripts and emoji need them. */
const dangerous = /(?![\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const plain = /^[\u0020-\u007e]*$/;

/** How many columns visible text takes on a terminal. */
export function width(text: string): number {
  if (plain.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += graphemeWidth(segment);
  return columns;
}

function graphemeWidth(segment: string): number {
  if (/^\p{M}+$/u.test(segment)) return 0;
  return wide.test(segment) ? 2 : 1;
}

/** East Asian wide and full-width characters, and what terminals draw as a picture. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;

/** At most `columns` wide; what is missing shows as `…`. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += graphemeWidth(segment);
    if (used > columns - 1) break;
    kept += segment;
  }
  return columns < 1 ? '' : `${kept.trimEnd()}…`;
}

/** Padded with spaces to `columns`. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Broken at spaces into lines of at most `columns`; a longer word is broken where it must be. */
export function wrap(text: string, columns: number): readonly string[] {
  if (!(columns < Number.POSITIVE_INFINITY)) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (width(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = chop(word, columns);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
}

function chop(word: string, columns: number): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const { segment } of graphemes.segment(word)) {
    const more = graphemeWidth(segment);
    if (piece !== '' && used + more > columns) {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += segment;
    used += more;
  }
  return [...pieces, piece];
}
