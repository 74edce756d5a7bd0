import { z } from 'zod';
import { isDid } from '../network/did.ts';

/** Somebody is let into a repository, or out of it, by its knot. */
export interface CollaboratorUpdate {
  readonly op: 'add' | 'remove';
  /** DID. */
  readonly subject: string;
  /** DID. */
  readonly repo: string;
}

const record: z.ZodType<CollaboratorUpdate> = z.object({
  op: z.enum(['add', 'remove']),
  subject: z.string().refine(isDid),
  repo: z.string(),
});

/** Reads the record `sh.tangled.repo.collaboratorUpdate`; null when it is none. Never throws. */
export function readCollaboratorUpdate(event: unknown): CollaboratorUpdate | null {
  return record.safeParse(event).data ?? null;
}
