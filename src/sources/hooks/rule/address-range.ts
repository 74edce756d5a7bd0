import { isIPv4, isIPv6 } from 'node:net';
import type { Behaviour } from '../deviations.ts';

/** A network, or a single address as one. */
export interface Range {
  readonly network: readonly number[];
  readonly prefixBits: number;
}

/** The ranges of an `ip-range`: words between white space. */
export const rangeWords = (text: string): readonly string[] => text.split(/\s+/).filter(word => word !== '');

/** What a word stands for, or null when it is malformed; an address without `/` is that one alone. */
export function readRange(behaviour: Behaviour, word: string): Range | null {
  const slash = word.indexOf('/');
  const network = readAddress(slash === -1 ? word : word.slice(0, slash));
  if (network === null) return null;
  if (slash === -1) {
    const whole = network.length === 4 || !behaviour.has('wholeIpv6Address') ? 32 : 128;
    return cut(network, whole);
  }
  const bits = word.slice(slash + 1);
  return /^\d+$/.test(bits) && Number(bits) <= network.length * 8 ? cut(network, Number(bits)) : null;
}

export function contains({ network, prefixBits }: Range, address: readonly number[]): boolean {
  const plain = unmapped(address);
  const base = unmapped(network);
  // A mapped network keeps its long prefix.
  const bits = base.length === network.length ? prefixBits : Math.max(0, prefixBits - 96);
  return base.length === plain.length && masked(plain, bits).every((byte, at) => byte === base[at]);
}

/** The bytes of an address, 4 or 16; null when it is none. */
export function readAddress(text: string): readonly number[] | null {
  if (isIPv4(text)) return text.split('.').map(Number);
  if (!isIPv6(text) || text.includes('%')) return null;
  // What ends in an IPv4 address is written in hexadecimal first.
  const hex = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [front = '', back] = hex.split('::');
  const words = (part: string | undefined) => (part === undefined || part === '' ? [] : part.split(':'));
  const left = words(front);
  const right = words(back);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].flatMap(word => {
    const value = Number.parseInt(word, 16);
    return [value >> 8, value & 0xff];
  });
}

const cut = (network: readonly number[], prefixBits: number): Range => ({
  network: masked(network, prefixBits),
  prefixBits,
});

const masked = (bytes: readonly number[], bits: number): readonly number[] =>
  bytes.map((byte, at) => byte & (0xff << (8 - Math.min(8, Math.max(0, bits - at * 8)))) & 0xff);

/** An IPv4 address within IPv6 is one: `::ffff:127.0.0.1`. */
function unmapped(bytes: readonly number[]): readonly number[] {
  const isMapped =
    bytes.length === 16 &&
    bytes.slice(0, 10).every(byte => byte === 0) &&
    bytes[10] === 255 &&
    bytes[11] === 255;
  return isMapped ? bytes.slice(12) : bytes;
}
