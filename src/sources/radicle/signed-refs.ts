/** A ref that is not where it was. */
export interface RefChange {
  readonly ref: string;
  /** Null: it is new. */
  readonly before: string | null;
  /** Null: it is gone. */
  readonly after: string | null;
}

/** Reads what the owner of a namespace has signed: a line for each ref, with its commit first. What is no such line says nothing. */
export function readSignedRefs(blob: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(blob.matchAll(/^([0-9a-f]{40}) (refs\/\S+)$/gm), ([, id = '', ref = '']) => [ref, id]),
  );
}

/** What has changed between two states of refs, in the order of their names. */
export function changesOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly RefChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap(ref => {
    const change = { ref, before: before.get(ref) ?? null, after: after.get(ref) ?? null };
    return change.before === change.after ? [] : [change];
  });
}
