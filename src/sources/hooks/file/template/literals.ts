import { TemplateFailure } from './failure.ts';
import type { Token } from './lex.ts';
import type { Datum } from './tree.ts';

/** The value of a literal, or of a word that is one; null for every other token. */
export function literal({ kind, text, at }: Token): Datum | null {
  switch (kind) {
    case 'text':
      return { type: 'text', value: text.startsWith('`') ? text.slice(1, -1) : unquoted(text, at) };
    case 'char': {
      const characters = Array.from(unquoted(text, at));
      if (characters.length !== 1) throw new TemplateFailure(`${text} is not one character`, at);
      return { type: 'integer', value: BigInt(characters[0]?.codePointAt(0) ?? 0) };
    }
    case 'number':
      return numeric(text, at);
    case 'word':
      return words.get(text) ?? null;
    case 'field':
    case 'variable':
    case 'mark':
      return null;
  }
}

const words: ReadonlyMap<string, Datum> = new Map<string, Datum>([
  ['true', { type: 'boolean', value: true }],
  ['false', { type: 'boolean', value: false }],
  ['nil', { type: 'nil' }],
]);

function numeric(text: string, at: number): Datum {
  const digits = text.replaceAll('_', '').replace(/^\+/, '');
  if (/[.eE]/.test(digits) && !/^-?0[xX]/.test(digits)) return { type: 'float', value: Number(digits) };
  const octal = /^(-?)0([0-7]+)$/.exec(digits);
  try {
    const size = BigInt(octal === null ? digits.replace('-', '') : `0o${octal[2]}`);
    return { type: 'integer', value: digits.startsWith('-') ? -size : size };
  } catch {
    throw new TemplateFailure(`${text} is no number`, at);
  }
}

const escapes = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);

/** What stands between the quotes, escapes resolved. */
function unquoted(text: string, at: number): string {
  return text
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^]))/g,
      (all, hex?: string, short?: string, long?: string, octal?: string, other?: string) => {
        const code = hex ?? short ?? long;
        if (code !== undefined || octal !== undefined) {
          const point = code === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(code, 16);
          return point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
        }
        const known = escapes.get(other ?? '');
        if (known === undefined) throw new TemplateFailure(`there is no escape ${all}`, at);
        return known;
      },
    );
}
