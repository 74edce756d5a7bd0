import { z } from 'zod';
import { isRid } from './storage.ts';

/** What a line of the node's event stream means here. */
export type NodeLine =
  /** Something has changed in a repository. */
  | {
      readonly kind: 'hint';
      readonly rid: string;
      /** The node it was fetched from; null: it is from this one. */
      readonly fetchedFrom: string | null;
      readonly updates: readonly NodeUpdate[];
      /** The refs that it names; a name that ends with a slash stands for all below it. */
      readonly about: readonly string[];
    }
  /** What asks for nothing, and types that are not known (yet). */
  | { readonly kind: 'other' }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'unreadable' };

/** A ref as the node says it has changed, with its namespace. */
export interface NodeUpdate {
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
}

const oid = z.string().regex(/^[0-9a-f]{40}$/);
const update = z.union([
  z.object({ created: z.object({ name: z.string(), oid }) }).transform(({ created }) => ({
    ref: created.name,
    before: null,
    after: created.oid,
  })),
  z.object({ updated: z.object({ name: z.string(), old: oid, new: oid }) }).transform(({ updated }) => ({
    ref: updated.name,
    before: updated.old,
    after: updated.new,
  })),
  z.object({ deleted: z.object({ name: z.string(), oid }) }).transform(({ deleted }) => ({
    ref: deleted.name,
    before: deleted.oid,
    after: null,
  })),
  // Skipped ones, and what later versions may have.
  z.unknown().transform(() => null),
]);

const rid = z.string().refine(isRid);
const event = z.union([
  z.object({
    type: z.enum(['refsFetched', 'refs-fetched']),
    rid,
    remote: z.string(),
    updated: z.array(update),
  }),
  z
    .object({ type: z.literal('localRefsAnnounced'), rid, refs: z.object({ remote: z.string() }) })
    .transform(({ rid, refs }) => ({ rid, about: [`refs/namespaces/${refs.remote}/`] })),
  z
    .object({ type: z.literal('canonicalRefUpdated'), rid, refname: z.string() })
    .transform(({ rid, refname }) => ({ rid, about: [refname] })),
  // Whatever else they have in another version: there is something to be looked at.
  z
    .object({ type: z.enum(['localRefsAnnounced', 'canonicalRefUpdated']), rid })
    .transform(({ rid }) => ({ rid, about: [] })),
  z.object({ error: z.string() }),
  z.object({ type: z.string() }),
]);

/** Reads a line. Never throws. */
export function readNodeLine(line: string): NodeLine {
  const parsed = event.safeParse(json(line));
  if (!parsed.success) return { kind: 'unreadable' };
  const { data } = parsed;
  if ('error' in data) return { kind: 'error', text: data.error };
  if ('updated' in data) {
    const updates = data.updated.filter(each => each !== null);
    const about = updates.map(({ ref }) => ref);
    return { kind: 'hint', rid: data.rid, fetchedFrom: data.remote, updates, about };
  }
  return 'about' in data ? { kind: 'hint', fetchedFrom: null, updates: [], ...data } : { kind: 'other' };
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // unreadable, and told as such
  }
}
