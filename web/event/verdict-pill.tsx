import type { VNode } from 'preact';
import type { VerdictWord } from '../../src/domain/verdict.ts';
import './verdict-pill.css';

/** A verdict in its one word. */
export function VerdictPill({ of }: { readonly of: VerdictWord }): VNode {
  return <span class={`verdict verdict-${of.replace(' ', '-')}`}>{of}</span>;
}
