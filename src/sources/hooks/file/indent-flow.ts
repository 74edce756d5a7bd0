/** More than any block that brackets stand in. */
const indent = ' '.repeat(200);

/** No hooks file has as many lines. */
const mostLines = 20_000;

/** A text with some characters put in or left out; `back` tells where a place of it was before. */
export interface Edited {
  readonly text: string;
  readonly back: (offset: number) => number;
}

/**
 * The text with every line within brackets or quotes indented further than any block. To the original the indentation
 * of such lines means nothing, to YAML it does; and within quotes it is dropped again.
 */
export function indentFlow(text: string): Edited {
  const inserted: number[] = [];
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\n') {
      if (depth > 0 || quote !== '') inserted.push(at + 1);
    } else if (quote !== '') {
      // An escape, or the quote that stands for itself.
      if (quote === '"' ? character === '\\' : text.startsWith("''", at)) at += 1;
      else if (character === quote) quote = '';
    } else if (character === '#' && /\s/.test(text[at - 1] ?? '\n')) at = lineEnd(text, at) - 1;
    else if (depth === 0 && '|>'.includes(character) && begins(text, at, false)) at = blockEnd(text, at) - 1;
    else if (depth > 0 && '}]'.includes(character)) depth -= 1;
    else if ('{["\''.includes(character) && begins(text, at, depth > 0)) {
      if ('{['.includes(character)) depth += 1;
      else quote = character;
    }
  }
  if (inserted.length > mostLines) return { text, back: offset => offset };
  return {
    text: [0, ...inserted].map((from, n) => (n === 0 ? '' : indent) + text.slice(from, inserted[n])).join(''),
    back: offset => {
      const before = inserted.filter((at, n) => at + n * indent.length <= offset).length;
      const earlier = offset - before * indent.length;
      return Math.max(earlier, inserted[before - 1] ?? 0);
    },
  };
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
};

/** Where the text ends whose lines are indented further than what it is the value of. */
function blockEnd(text: string, at: number): number {
  const start = text.lastIndexOf('\n', at) + 1;
  const [all = '', spaces = '', dashes = ''] = /^( *)((?:- +)*)/.exec(text.slice(start, at)) ?? [];
  const around = all.length === at - start && dashes !== '' ? spaces.length : spaces.length + dashes.length;
  let end = lineEnd(text, at);
  while (end < text.length) {
    const next = lineEnd(text, end + 1);
    const line = text.slice(end + 1, next);
    if (line.trim() !== '' && line.search(/[^ ]/) <= around) break;
    end = next;
  }
  return end;
}

/** Whether a bracket or quote begins a value here, instead of standing within a word. */
function begins(text: string, at: number, isWithin: boolean): boolean {
  if (isWithin) return /[\s[{,:]/.test(text[at - 1] ?? '');
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /(?:^|[-:?]\s)\s*(?:[&!]\S+\s+)*$/.test(before);
}
