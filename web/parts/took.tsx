import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import { useBox } from '../box.ts';
import { took } from '../format.ts';
import { useView } from '../state.ts';

/** How long something took, or has taken so far. */
export function Took({ from, to }: { readonly from: string; readonly to: string | null }): VNode {
  const view = useCallback((now: number) => took(from, to ?? now), [from, to]);
  return <span>{useView(useBox().now, view)}</span>;
}
