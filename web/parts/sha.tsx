import type { VNode } from 'preact';
import { short } from '../format.ts';

/** A commit, shortened; whole for those who point at it. */
export function Sha({ of }: { readonly of: string }): VNode {
  return (
    <code class="sha" title={of}>
      {short(of)}
    </code>
  );
}
