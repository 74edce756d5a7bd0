import type { Input, OperationName, Output } from './operations.ts';

/** A database that runs our operations. This, and what opens it, is all that engines do differently. */
export interface Engine extends AsyncDisposable {
  /**
   * Resolves when what the operation wrote is on disk (`hints` may follow a little later). Rejects with a `SignalboxError`, and then nothing of it is
   * stored. Bytes within the input that are also listed in `given` may be moved to another thread: they are the
   * engine's from then on, buffer and all. Disposing lets the calls that are under way end first.
   */
  call<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    given?: readonly Uint8Array<ArrayBuffer>[],
  ): Promise<Output<Name>>;
}
