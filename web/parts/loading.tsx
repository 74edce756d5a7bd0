import type { VNode } from 'preact';
import './loading.css';

/** Says that something is on its way; shown only when it takes long enough to wonder. */
export function Loading(): VNode {
  return <output class="loading soft">Reading…</output>;
}
