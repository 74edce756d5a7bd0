import type { VNode } from 'preact';

/** Shown when a list was narrowed to nothing; `more`: there is more to be looked through. */
export function NothingFound({ more }: { readonly more: boolean }): VNode {
  return <p class="soft">{more ? 'Nothing like that among the newest.' : 'Nothing like that.'}</p>;
}
