import type { VNode } from 'preact';
import { short } from '../format.ts';
import { WebLink } from './web-link.tsx';

/** A commit, shortened; whole for those who point at it. `href`: where its forge shows it. */
export function Sha({ of, href = null }: { readonly of: string; readonly href?: string | null }): VNode {
  const sha = (
    <code class="sha" title={of}>
      {short(of)}
    </code>
  );
  return href === null ? sha : <WebLink href={href}>{sha}</WebLink>;
}
