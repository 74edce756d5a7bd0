import { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import { type PushSeen, pushSeen } from './knot/pairs.ts';
import { emptyWatchList, type WatchList, watchListSchema } from './network/watch-list.ts';

/** How far one knot's events have been read. */
export interface KnotPosition {
  /** Nanoseconds since 1970; more digits than a number holds. */
  readonly cursor: string;
  readonly pushes: readonly PushSeen[];
}

export interface Position {
  /** By host. */
  readonly knots: Readonly<Record<string, KnotPosition>>;
  /** Microseconds since 1970; null: nothing was heard. */
  readonly jetstream: number | null;
  /** So that a start while somebody's server is away does not turn their pushes away. */
  readonly watched: WatchList;
}

const schema: z.ZodType<Position> = z.object({
  knots: z.record(z.string(), z.object({ cursor: z.string().regex(/^\d+$/), pushes: z.array(pushSeen) })),
  jetstream: z.number().nullable(),
  watched: watchListSchema,
});

/** Reads a stored position; where there is none, everything begins now. */
export function readPosition(stored: Json): Position {
  const read = schema.safeParse(stored);
  return read.success ? read.data : { knots: {}, jetstream: null, watched: emptyWatchList };
}

/** A value that can be stored. */
export const positionJson = ({ knots, jetstream, watched }: Position): Json => ({
  knots: Object.fromEntries(
    Object.entries(knots).map(([host, { cursor, pushes }]) => [
      host,
      { cursor, pushes: pushes.map(push => ({ ...push })) },
    ]),
  ),
  jetstream,
  watched: {
    invited: watched.invited,
    repos: watched.repos.map(repo => ({ ...repo })),
    told: watched.told.map(repo => ({ ...repo })),
    rights: watched.rights,
  },
});
