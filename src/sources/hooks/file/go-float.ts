/** A number as Go's shortest form writes it: with an exponent below 0.0001 and from a million on. */
export function goFloat(value: number, precision: 32 | 64): string {
  const rounded = precision === 32 ? Math.fround(value) : value;
  if (Number.isNaN(rounded)) return 'NaN';
  if (!Number.isFinite(rounded)) return rounded > 0 ? '+Inf' : '-Inf';
  if (rounded === 0) return Object.is(rounded, -0) ? '-0' : '0';
  const [mantissa = '', exponent = ''] = (
    precision === 32 ? shortest(rounded) : rounded.toExponential()
  ).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return decimal(mantissa, power);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** The fewest digits that are this number and no other of 32 bits. */
function shortest(single: number): string {
  for (let digits = 0; digits < 8; digits += 1) {
    const text = single.toExponential(digits);
    if (Math.fround(Number(text)) === single) return evenOfTwo(single, text);
  }
  return single.toExponential(8);
}

/** Halfway between two decimals JavaScript takes the larger, Go the one that ends in an even digit. */
function evenOfTwo(single: number, larger: string): string {
  const smaller = larger.replace(/[13579](?=e)/, digit => String(Number(digit) - 1));
  const isHalfway = Math.abs(Number(smaller) - single) === Math.abs(Number(larger) - single);
  return isHalfway && Math.fround(Number(smaller)) === single ? smaller : larger;
}

function decimal(mantissa: string, power: number): string {
  const fractionDigits = mantissa.replace(/^-?\d\.?/, '').length - power;
  return Number(`${mantissa}e${power}`).toFixed(Math.max(0, fractionDigits));
}
