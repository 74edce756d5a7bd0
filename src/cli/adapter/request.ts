import { z } from 'zod';
import { SignalboxError } from '../../domain/errors.ts';

/** What a broker asks an adapter for. */
export interface AdapterRequest {
  /** `rad:z…` */
  readonly repository: string;
  readonly commit: string;
}

const oid = z.string().regex(/^[0-9a-f]{40}$/);
const rid = z.string().regex(/^rad:z[0-9A-Za-z]{1,64}$/);
const repository = z.object({ id: rid });
const trigger = z.literal('trigger');
/** In all forms that brokers have ever written. What an adapter builds is the newest commit. */
const request = z.union([
  z
    .object({ request: trigger, repository, patch: z.object({ after: oid }) })
    .transform(read => ({ repository: read.repository.id, commit: read.patch.after })),
  z
    .object({ request: trigger, repository, after: oid })
    .transform(read => ({ repository: read.repository.id, commit: read.after })),
  z
    .object({ request: trigger, repo: rid, commit: oid })
    .transform(read => ({ repository: read.repo, commit: read.commit })),
]);

/** Reads the request; throws `invalid`. */
export function readRequest(text: string): AdapterRequest {
  const parsed = request.safeParse(json(text));
  if (parsed.success) return parsed.data;
  throw new SignalboxError(
    'invalid',
    'what came on stdin is no request of a Radicle CI broker: it has to name a repository and a commit',
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // told as no request
  }
}
