import type { Hook } from '../hook.ts';

/** How a request ended, as far as its answer is concerned. */
export type Outcome =
  /** The address `/`. */
  | { readonly kind: 'root' }
  /** `OPTIONS *`. */
  | { readonly kind: 'server options' }
  | { readonly kind: 'no page' }
  | { readonly kind: 'bad target' }
  | { readonly kind: 'moved'; readonly location: string }
  | { readonly kind: 'no hook' }
  /** In words of our own, because the original never says such a thing. */
  | { readonly kind: 'said'; readonly status: number; readonly text: string }
  | { readonly kind: 'method not allowed' }
  | { readonly kind: 'cut body' }
  | { readonly kind: 'large body' }
  | { readonly kind: 'broken multipart' }
  | { readonly kind: 'crash' }
  | { readonly kind: 'rule error'; readonly failure: 'signature' | 'unproven' | 'other' }
  | { readonly kind: 'not satisfied'; readonly hook: Hook }
  /** The command runs, and nobody waits for it. */
  | { readonly kind: 'started'; readonly hook: Hook }
  /** The command will run, or still does, and the caller is to go on without its output. */
  | { readonly kind: 'accepted'; readonly hook: Hook }
  /** The command that was waited for ended with exit code 0. */
  | { readonly kind: 'succeeded'; readonly hook: Hook; readonly output: Uint8Array }
  /** It did not start, or ended otherwise. */
  | { readonly kind: 'failed'; readonly hook: Hook; readonly output: Uint8Array };
