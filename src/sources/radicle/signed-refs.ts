/** A ref that is not where it was. */
export interface RefChange {
  readonly ref: string;
  /** Null: it is new. */
  readonly before: string | null;
  /** Null: it is gone. */
  readonly after: string | null;
}

/**
 * A line of what is signed. Names have what git allows, which are line breaks and spaces of other alphabets as well;
 * but what is signed need not be a ref that git has, and no ref is longer than the path of a file.
 */
const signedLine = /^([0-9a-f]{40}) (refs\/[^\p{Cc} ]{1,4096})$/u;

/** Reads what the owner of a namespace has signed: a line for each ref, with its commit first. What is no such line says nothing. */
export function readSignedRefs(blob: string): ReadonlyMap<string, string> {
  const lines = blob.split('\n').map(line => signedLine.exec(line));
  return new Map(lines.flatMap(found => (found === null ? [] : [[found[2] ?? '', found[1] ?? ''] as const])));
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
