/** A flag of a command line in the manner of Go's `flag` package. */
export interface Flag {
  readonly name: string;
  /** `list` may be given several times, and keeps them all; of the others the last counts. */
  readonly kind: 'bool' | 'int' | 'string' | 'list';
  readonly usage: string;
  /** As it is written; "" for none. */
  readonly initial: string;
  /** What is wrong with a value, or null. */
  readonly fault: ((value: string) => string | null) | null;
}

/** The flags that were given. */
export interface FlagValues {
  has(name: string): boolean;
  /** The last value; the initial one where none was given. */
  text(name: string): string;
  /** `text` as a number. */
  number(name: string): number;
  /** `text` as a yes or no. */
  isOn(name: string): boolean;
  /** All values of a list, in their order. */
  list(name: string): readonly string[];
}

export type FlagsRead =
  | { readonly result: 'read'; readonly values: FlagValues }
  | { readonly result: 'help' }
  /** In Go's words. */
  | { readonly result: 'wrong'; readonly message: string };

/**
 * Reads `-name value`, `-name=value`, or either with two dashes; of a boolean only `-name` and `-name=true`. The first
 * word that is no flag ends it.
 */
export function readFlags(flags: readonly Flag[], argv: readonly string[]): FlagsRead {
  const given = new Map<string, string[]>();
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word.length < 2 || !word.startsWith('-') || word === '--') break;
    const written = word.replace(/^--?/, '');
    if (/^[-=]/.test(written)) return wrong(`bad flag syntax: ${word}`);
    const [, name = '', joined] = /^([^=]*)(?:=(.*))?$/s.exec(written) ?? [];
    const flag = flags.find(each => each.name === name);
    if (flag === undefined) {
      if (name === 'help' || name === 'h') return { result: 'help' };
      return wrong(`flag provided but not defined: -${name}`);
    }
    let value = joined;
    if (value === undefined && flag.kind === 'bool') value = 'true';
    if (value === undefined) {
      at += 1;
      value = argv[at];
    }
    if (value === undefined) return wrong(`flag needs an argument: -${name}`);
    const read = readValue(flag, value);
    if (read.result === 'wrong') return read;
    given.set(name, [...(given.get(name) ?? []), read.value]);
  }
  return { result: 'read', values: valuesOf(flags, given) };
}

const wrong = (message: string) => ({ result: 'wrong', message }) as const;

function readValue(
  { name, kind, fault }: Flag,
  written: string,
):
  | { readonly result: 'value'; readonly value: string }
  | { readonly result: 'wrong'; readonly message: string } {
  const invalid = (why: string) =>
    wrong(`invalid value ${JSON.stringify(written)} for flag -${name}: ${why}`);
  if (kind === 'bool') {
    const value = bools.get(written);
    if (value === undefined)
      return wrong(`invalid boolean value ${JSON.stringify(written)} for -${name}: parse error`);
    return { result: 'value', value };
  }
  let value = written;
  if (kind === 'int') {
    const number = readInt(written);
    if (typeof number === 'string') return invalid(number);
    value = String(number);
  }
  const why = fault?.(value) ?? null;
  return why === null ? { result: 'value', value } : invalid(why);
}

const bools: ReadonlyMap<string, string> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map(word => [word, 'true'] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map(word => [word, 'false'] as const),
]);

/** An integer as Go writes them: with a sign, a base's prefix (`0x`, `0o`, `0b`, `0`), and `_` between digits. */
function readInt(text: string): bigint | 'parse error' | 'value out of range' {
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  const plain = digits.replace(/(?<=[\da-z])_(?=[\da-z])/gi, '');
  const isInt = /^(?:0x[\da-f]+|0o[0-7]+|0b[01]+|0[0-7]*|[1-9]\d*)$/i.test(plain);
  if (!isInt) return 'parse error';
  const size = BigInt(/^0[0-7]+$/.test(plain) ? `0o${plain.slice(1)}` : plain);
  const number = sign === '-' ? -size : size;
  return BigInt.asIntN(64, number) === number ? number : 'value out of range';
}

function valuesOf(flags: readonly Flag[], given: ReadonlyMap<string, readonly string[]>): FlagValues {
  const text = (name: string): string =>
    given.get(name)?.at(-1) ?? flags.find(flag => flag.name === name)?.initial ?? '';
  return {
    has: name => given.has(name),
    text,
    number: name => Number(text(name)),
    isOn: name => text(name) === 'true',
    list: name => given.get(name) ?? [],
  };
}

/** What flags there are, in the form of Go's `PrintDefaults`. */
export function flagsUsage(flags: readonly Flag[]): string {
  return [...flags]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, kind, usage, initial }) => {
      const type = kind === 'bool' ? '' : kind === 'list' ? ' value' : ` ${kind}`;
      const isShown = initial !== '' && initial !== 'false' && initial !== '0';
      const shown = kind === 'string' ? JSON.stringify(initial) : initial;
      return `  -${name}${type}\n    \t${usage}${isShown ? ` (default ${shown})` : ''}\n`;
    })
    .join('');
}
