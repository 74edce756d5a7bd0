import { cut } from '../../../domain/shown.ts';
import { ours } from '../deviations.ts';
import { readRange } from '../rule/address-range.ts';
import { type Node, Refusal } from './node.ts';
import { scalarText } from './scalar.ts';

/** A range of addresses where the original program knows none, so that a broken one is a mistake. */
export function readRangeText(node: Node): string {
  const text = (node.kind === 'scalar' ? scalarText(node.scalar) : null) ?? '';
  if (readRange(ours, text) === null)
    throw new Refusal(
      `"${cut(text)}" is no address range: write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32`,
      node.at,
    );
  return text;
}
