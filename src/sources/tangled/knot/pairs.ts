import { z } from 'zod';

/** A push that a knot has told of lately, in one way or in both. */
export interface PushSeen {
  /** Repository, ref and commit. */
  readonly what: string;
  /** Of what told of it first; the push's delivery id. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Record keys; null: not told in this way. */
  readonly pipeline: string | null;
  readonly refUpdate: string | null;
}

export const pushSeen: z.ZodType<PushSeen> = z.object({
  what: z.string(),
  id: z.string(),
  at: z.number(),
  pipeline: z.string().nullable(),
  refUpdate: z.string().nullable(),
});

/** Both come within a second; this is for knots that are slow, and for a restart in between. */
const togetherMs = 10 * 60_000;
const mostSeen = 500;

/**
 * Some knots tell of one push twice: as a compiled pipeline, and as the update of a ref. Both get one id. A branch that
 * is pushed to the same commit again, having been elsewhere, is told of in the same way again, and so is a push of its
 * own: two tidings are the same push only when they are of different kinds and each is not part of another pair.
 */
export function pairPush(
  seen: readonly PushSeen[],
  told: {
    readonly kind: 'pipeline' | 'refUpdate';
    readonly what: string;
    readonly rkey: string;
    readonly id: string;
    readonly at: number;
  },
): { readonly id: string; readonly seen: readonly PushSeen[] } {
  const { kind, what, rkey, id, at } = told;
  const lately = seen.filter(each => at - each.at < togetherMs).slice(-mostSeen);
  const repeated = lately.find(each => each.what === what && each[kind] === rkey);
  if (repeated !== undefined) return { id: repeated.id, seen: lately };
  const other = lately.find(each => each.what === what && each[kind] === null);
  if (other !== undefined)
    return { id: other.id, seen: lately.map(each => (each === other ? { ...each, [kind]: rkey } : each)) };
  return { id, seen: [...lately, { what, id, at, pipeline: null, refUpdate: null, [kind]: rkey }] };
}
