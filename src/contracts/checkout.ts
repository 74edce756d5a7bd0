import type { RunId } from '../domain/id.ts';
import type { Revision } from '../domain/run.ts';

/** A directory of its own for one attempt; disposing it removes it without following links. */
export interface Workspace extends AsyncDisposable {
  readonly directory: string;
  /** Around it: nobody else's, with what was placed beside the work tree, and with room for more. */
  readonly home: string;
  /** The commit that is checked out; null in an empty workspace. */
  readonly sha: string | null;
  /** Puts a file beside the work tree, never into it; returns its absolute path. */
  place(name: string, text: string): Promise<string>;
}

/** Gives attempts a directory with the commit they work on. */
export interface Checkout extends AsyncDisposable {
  /**
   * A fresh work tree of exactly that commit (or, without one, of what `ref` is now), with what its `clone` says, or an
   * empty directory for null, and where there is nothing to clone.
   * Says what it does through `say`, one line each, credentials never among it. Throws a `SignalboxError` that tells in
   * one sentence what is wrong (refused URL, commit gone, no access); `unavailable` when trying again may help.
   */
  prepare(
    run: RunId,
    attempt: number,
    revision: Revision | null,
    say: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Workspace>;
  /** Where the workspace of an attempt has its home, if there is one. */
  homeOf(run: RunId, attempt: number): string;
  /** Removes what attempts that did not end properly left behind. */
  clean(): Promise<void>;
}
