import { goFloat } from '../go-float.ts';
import type { Datum } from './tree.ts';

/** How nothing is printed where it stands alone. */
export const noValue = '<no value>';

/** A value as it is printed within other text. */
export function printed(datum: Datum): string {
  switch (datum.type) {
    case 'text':
      return datum.value;
    case 'integer':
    case 'boolean':
      return String(datum.value);
    case 'float':
      return goFloat(datum.value, 64);
    case 'nil':
    case 'nothing':
      return '<nil>';
  }
}

/** All in a row; with a blank between two of which neither is a text. */
export function sprint(data: readonly Datum[]): string {
  return data
    .map((datum, n) => {
      const before = data[n - 1];
      const apart = before !== undefined && before.type !== 'text' && datum.type !== 'text';
      return apart ? ` ${printed(datum)}` : printed(datum);
    })
    .join('');
}

export const sprintln = (data: readonly Datum[]): string => `${data.map(printed).join(' ')}\n`;

/** A line of print is a setting; no width in it is larger. */
const widest = 10_000;

/** Go's Printf, as far as texts, numbers and booleans go. */
export function sprintf(format: string, data: readonly Datum[]): string {
  let next = 0;
  const text = format.replace(
    /%([-+# 0]*)(\d+)?(?:\.(\d+)?)?([^])?/g,
    (
      all,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      verb: string | undefined,
    ) => {
      if (verb === undefined) return '%!(NOVERB)';
      if (verb === '%') return '%';
      const datum = data[next];
      next += 1;
      if (datum === undefined) return `%!${verb}(MISSING)`;
      const digits = all.includes('.') ? Math.min(Number(precision ?? 0), 100) : null;
      const text = formatted(verb, flags, digits, datum);
      return padded(text, flags, Math.min(Number(width ?? 0), widest), datum.type !== 'text');
    },
  );
  const extra = data.slice(next).map(datum => `${typeName(datum)}=${printed(datum)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function padded(text: string, flags: string, width: number, isNumber: boolean): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || !isNumber) return text.padStart(width);
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

function formatted(verb: string, flags: string, digits: number | null, datum: Datum): string {
  if (verb === 'v') return signed(flags, datum, printed(datum));
  switch (datum.type) {
    case 'text':
      return ofText(verb, digits, datum.value) ?? wrong(verb, datum);
    case 'integer':
      return ofInteger(verb, flags, datum) ?? wrong(verb, datum);
    case 'float':
      return ofFloat(verb, flags, digits, datum) ?? wrong(verb, datum);
    case 'boolean':
      return verb === 't' ? String(datum.value) : wrong(verb, datum);
    case 'nil':
    case 'nothing':
      return `%!${verb}(<nil>)`;
  }
}

const wrong = (verb: string, datum: Datum): string => `%!${verb}(${typeName(datum)}=${printed(datum)})`;

function typeName({ type }: Datum): string {
  return {
    text: 'string',
    integer: 'int',
    float: 'float64',
    boolean: 'bool',
    nil: '<nil>',
    nothing: '<nil>',
  }[type];
}

const signed = (flags: string, datum: Datum, text: string): string =>
  flags.includes('+') && (datum.type === 'integer' || datum.type === 'float') && !text.startsWith('-')
    ? `+${text}`
    : text;

function ofText(verb: string, digits: number | null, value: string): string | null {
  switch (verb) {
    case 's':
      return digits === null ? value : Array.from(value).slice(0, digits).join('');
    case 'q':
      return JSON.stringify(value);
    case 'x':
      return Buffer.from(value).toString('hex');
    case 'X':
      return Buffer.from(value).toString('hex').toUpperCase();
    default:
      return null;
  }
}

const radices: ReadonlyMap<string, number> = new Map([
  ['d', 10],
  ['b', 2],
  ['o', 8],
  ['x', 16],
  ['X', 16],
]);

function ofInteger(verb: string, flags: string, datum: Datum & { readonly type: 'integer' }): string | null {
  const radix = radices.get(verb);
  if (radix !== undefined) {
    const text = datum.value.toString(radix);
    return signed(flags, datum, verb === 'X' ? text.toUpperCase() : text);
  }
  const point = datum.value >= 0n && datum.value <= 0x10ffffn ? Number(datum.value) : 0xfffd;
  switch (verb) {
    case 'c':
      return String.fromCodePoint(point);
    case 'q':
      return `'${String.fromCodePoint(point)}'`;
    case 'U':
      return `U+${datum.value.toString(16).toUpperCase().padStart(4, '0')}`;
    default:
      return null;
  }
}

function ofFloat(
  verb: string,
  flags: string,
  digits: number | null,
  datum: Datum & { readonly type: 'float' },
): string | null {
  switch (verb) {
    case 'f':
    case 'F':
      return signed(flags, datum, datum.value.toFixed(digits ?? 6));
    case 'e':
      return signed(flags, datum, datum.value.toExponential(digits ?? 6).replace(/e([+-])(\d)$/, 'e$10$2'));
    case 'g':
      return signed(
        flags,
        datum,
        goFloat(digits === null ? datum.value : Number(datum.value.toPrecision(Math.max(1, digits))), 64),
      );
    default:
      return null;
  }
}
