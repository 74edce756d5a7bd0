import { z } from 'zod';
import { type RadiclePatchState, radiclePatchStates } from '../../../domain/radicle.ts';

/** A patch as Radicle evaluates it. People are DIDs, times milliseconds since 1970. */
export interface CobPatch {
  readonly title: string;
  readonly author: string;
  readonly status: RadiclePatchState;
  readonly conflicts: readonly { readonly revision: string; readonly commit: string }[];
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  /** Oldest first, without those that were taken back. */
  readonly revisions: readonly CobRevision[];
}

export interface CobRevision {
  readonly id: string;
  readonly author: string;
  readonly description: string;
  readonly base: string;
  readonly oid: string;
  readonly at: number;
}

/** The last moment that a date can name: people write down any number of seconds. */
export const latestMs = 8_640_000_000_000_000;

const text = z.string().transform(value => value.toWellFormed());
const oid = z.string().regex(/^[0-9a-f]{40}$/);
const conflict = z.union([
  z.tuple([oid, oid]).transform(([revision, commit]) => ({ revision, commit })),
  z.object({ revision: oid, commit: oid }),
]);
const revision = z.object({
  id: oid,
  author: z.object({ id: text }),
  description: z.array(z.object({ body: text })).default([]),
  base: oid,
  oid,
  timestamp: z.number().transform(at => Math.min(at, latestMs)),
});
const patch = z.object({
  title: text,
  author: z.object({ id: text }),
  state: z.object({ status: z.enum(radiclePatchStates), conflicts: z.array(conflict).default([]) }),
  labels: z.array(text).default([]),
  assignees: z.array(text).default([]),
  timeline: z.array(z.string()).default([]),
  revisions: z.record(z.string(), revision.nullable()),
});

/** Reads the JSON of a patch, as `rad cob show` prints it and the node's cache has it; null when it is none. */
export function readCobPatch(json: string): CobPatch | null {
  const parsed = patch.safeParse(parse(json));
  if (!parsed.success) return null;
  const { title, author, state, labels, assignees, timeline, revisions } = parsed.data;
  const places = new Map(timeline.map((id, index) => [id, index]));
  const place = (id: string) => places.get(id) ?? timeline.length;
  return {
    title,
    author: author.id,
    ...state,
    labels,
    assignees,
    revisions: Object.values(revisions)
      .filter(each => each !== null)
      .sort((a, b) => place(a.id) - place(b.id) || a.timestamp - b.timestamp)
      .map(({ timestamp, description, ...rest }) => ({
        ...rest,
        author: rest.author.id,
        // Edits are kept; the last one counts.
        description: description.at(-1)?.body ?? '',
        at: timestamp,
      })),
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // no patch
  }
}
