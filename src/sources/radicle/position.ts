import { z } from 'zod';
import type { Json } from '../../domain/json.ts';

/** What has been told of one repository. */
export interface Seen {
  /** For each namespace the commit of its signed refs: what they were then can be read there. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** The refs that the delegates agree on. */
  readonly canonical: Readonly<Record<string, string>>;
  /** How often those have changed. */
  readonly moves: number;
}

/** What has been told of each repository. */
export type Position = ReadonlyMap<string, Seen>;

const names = z.record(z.string(), z.string());
const schema = z.object({
  repositories: z.record(z.string(), z.object({ namespaces: names, canonical: names, moves: z.int() })),
});

/** Reads a stored position; where there is none, nothing has been seen. */
export function readPosition(stored: Json): Position {
  const parsed = schema.safeParse(stored);
  return new Map(parsed.success ? Object.entries(parsed.data.repositories) : []);
}

export function positionJson(position: Position): Json {
  return {
    repositories: Object.fromEntries(
      [...position].map(([rid, { namespaces, canonical, moves }]) => [rid, { namespaces, canonical, moves }]),
    ),
  };
}
