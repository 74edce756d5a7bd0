import type { Json } from './json.ts';

/** A sentence stays readable: longer texts are cut here. */
const longestText = 100;
const longestList = 5;

/** Credentials that betray themselves by their form: forge and package tokens, cloud keys, JWTs, private keys. */
const secretLooking =
  /\b(?:gh[opsru]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|npm_\w{16,}|sbx_\w{16,}|xox[a-z]-[\w-]{10,}|sk-[\w-]{16,}|A[KS]IA[0-9A-Z]{12,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)|-----BEGIN [A-Z ]*PRIVATE KEY-----.*/gs;
const urlPassword = /(:\/\/[^\s/:@]*):[^\s/@]+@/g;

/** The text with everything that looks like a credential replaced. */
export function masked(text: string): string {
  return text.replace(secretLooking, '***').replace(urlPassword, '$1:***@');
}

/** The text, masked, and cut when it is longer than people would read. */
export function cut(text: string, longest: number = longestText): string {
  // Masking comes first, so that half a credential never survives the cut; what lies far behind it is not shown anyway.
  const safe = masked(text.slice(0, longest + 1000));
  return safe.length > longest ? `${safe.slice(0, longest)}…` : safe;
}

/** A value as it stands in a sentence: masked, cut, texts in quotes. */
export function shown(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (value === null || typeof value !== 'object') return String(value);
  if (!isList(value)) return `{${cut(Object.keys(value).join(', '))}}`;
  if (value.some(item => item !== null && typeof item === 'object')) return `a list of ${value.length}`;
  const items = value.slice(0, longestList).map(shown).join(', ');
  return value.length > longestList ? `[${items}, … ${value.length} in all]` : `[${items}]`;
}

/** Some words in a row, cut when there are many: `main, release/*, … 12 in all`. */
export function listed(words: readonly string[], most: number = 10): string {
  const some = words.slice(0, most).map(word => cut(word));
  return words.length > most ? `${some.join(', ')}, … ${words.length} in all` : some.join(', ');
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
