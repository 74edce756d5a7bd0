import type { VNode } from 'preact';
import type { Authentication } from '../../src/domain/delivery.ts';
import './auth-mark.css';

/** How the sender of a delivery was known, as a mark. */
export function AuthMark({ of }: { readonly of: Authentication }): VNode {
  const [mark, look, words] = signs(of);
  return (
    <span class={`auth-mark auth-${look}`} title={words}>
      <span aria-hidden="true">{mark}</span>
      <span class="unseen">{words}</span>
    </span>
  );
}

function signs(of: Authentication): readonly [mark: string, look: string, words: string] {
  switch (of.result) {
    case 'verified':
      return ['✓', 'verified', `sender verified by ${of.by}`];
    case 'fetched':
      return ['✓', 'verified', `fetched from ${of.from}`];
    case 'not required':
      return ['–', 'open', `sender not verified: ${of.reason}`];
    case 'refused':
      return ['✗', 'refused', `sender refused by ${of.by}: ${of.reason}`];
  }
}
