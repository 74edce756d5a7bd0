/** A scalar of YAML 1.1 as the original's reader understands it. */
export type Scalar =
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'text'; readonly value: string };

/** A value of the file, with the place where it begins; anchors are followed and merges done. */
export type Node =
  | { readonly kind: 'scalar'; readonly scalar: Scalar; readonly at: number }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly at: number }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Entry>; readonly at: number };

export interface Entry {
  readonly value: Node;
  /** Where its key stands. */
  readonly at: number;
}

/** Why a file cannot be read, and where. Caught at the reader's edge. */
export class Refusal extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
