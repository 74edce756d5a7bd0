import type { Store } from '../store.ts';

export interface OpenedStore extends AsyncDisposable {
  readonly store: Store;
  /** Closes the store and opens it again on the same data. */
  reopen(): Promise<Store>;
}

/** Gives an empty store each time. */
export type OpenStore = () => Promise<OpenedStore>;
