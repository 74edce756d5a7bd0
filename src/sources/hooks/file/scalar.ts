import { goFloat } from './go-float.ts';
import type { Scalar } from './node.ts';

const words = new Map<string, Scalar>();
const allow = (scalar: Scalar, ...texts: readonly string[]) => {
  for (const text of texts) words.set(text, scalar);
};
allow({ type: 'null' }, '', '~', 'null', 'Null', 'NULL');
for (const [value, ...stems] of [
  [true, 'y', 'yes', 'on', 'true'],
  [false, 'n', 'no', 'off', 'false'],
] as const)
  for (const stem of stems)
    allow({ type: 'boolean', value }, stem, stem[0]?.toUpperCase() + stem.slice(1), stem.toUpperCase());
allow({ type: 'float', value: Number.NaN }, '.nan', '.NaN', '.NAN');
allow({ type: 'float', value: Number.POSITIVE_INFINITY }, '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF');
allow({ type: 'float', value: Number.NEGATIVE_INFINITY }, '-.inf', '-.Inf', '-.INF');

/** What a scalar without quotes means in YAML 1.1. */
export function plainScalar(text: string): Scalar {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (text.startsWith('.')) return floatOf(text) ?? { type: 'text', value: text };
  if (!/^[-+0-9]/.test(text)) return { type: 'text', value: text };
  const digits = text.replaceAll('_', '');
  return integerOf(digits) ?? floatOf(digits) ?? { type: 'text', value: text };
}

const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

function floatOf(text: string): Scalar | null {
  const value = float.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? { type: 'float', value } : null;
}

/** With the prefixes 0x, 0o and 0b, and a plain 0 in front for octal; 64 bits, signed or not. */
function integerOf(text: string): Scalar | null {
  const parts = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (parts === null) return null;
  const [, sign = '', digits = ''] = parts;
  const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = sign === '-' ? -size : size;
  return value >= -(2n ** 63n) && value < (sign === '' ? 2n ** 64n : 2n ** 63n)
    ? { type: 'integer', value }
    : null;
}

/** A scalar where a text is expected; null stands for none. Numbers are written as the original writes them. */
export function scalarText(scalar: Scalar): string | null {
  switch (scalar.type) {
    case 'null':
      return null;
    case 'text':
      return scalar.value;
    case 'boolean':
    case 'integer':
      return String(scalar.value);
    case 'float':
      return goFloat(scalar.value, 32);
  }
}
