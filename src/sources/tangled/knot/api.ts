import { z } from 'zod';
import { SignalboxError } from '../../../domain/errors.ts';
import { name, reference } from '../lenient.ts';
import type { Net } from '../net.ts';
import { isDid } from '../network/did.ts';

/** What a knot says of its repositories when it is asked. */
export interface KnotApi {
  /** Throws `not_found` where the knot has no such repository, or does not know the question. */
  describe(
    knot: string,
    repoDid: string,
    signal: AbortSignal,
  ): Promise<{ readonly repoDid: string; readonly ownerDid: string; readonly rkey: string }>;
  /** Null where the knot does not know the question. */
  collaborators(knot: string, repoDid: string, signal: AbortSignal): Promise<readonly string[] | null>;
  /** Null when it cannot be found out: nothing depends on it. */
  defaultBranch(knot: string, repoDid: string, signal: AbortSignal): Promise<string | null>;
}

const described = z.object({ repoDid: reference, ownerDid: reference, rkey: name });
const collaborators = z.object({
  items: z.array(z.object({ subject: z.string() })),
  cursor: z.string().nullish(),
});
const branch = z.object({ name: reference });

/** Collaborators of one repository. Who runs its knot may list any number, in pages as full as they like. */
const mostCollaborators = 10_000;
const mostPages = 100;

export function createKnotApi(net: Pick<Net, 'json' | 'at'>): KnotApi {
  function ask(
    knot: string,
    method: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const url = net.at(knot, `/xrpc/sh.tangled.repo.${method}`);
    url.search = new URLSearchParams(query).toString();
    return net.json(url, signal);
  }

  const unreadable = (knot: string, method: string): SignalboxError =>
    new SignalboxError('unavailable', `the knot ${knot} does not answer ${method} as it should`);

  return {
    async describe(knot, repoDid, signal) {
      const read = described.safeParse(await ask(knot, 'describeRepo', { repoDid }, signal));
      if (!read.success) throw unreadable(knot, 'describeRepo');
      return read.data;
    },

    async collaborators(knot, repoDid, signal) {
      const found: string[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < mostPages; pages++) {
        const query = {
          subject: repoDid,
          limit: '100',
          ...(cursor === undefined ? {} : { cursor }),
        };
        const answer = await ask(knot, 'listCollaborators', query, signal).catch(unlessUnknown);
        if (answer === null) return null;
        const read = collaborators.safeParse(answer);
        if (!read.success) throw unreadable(knot, 'listCollaborators');
        const { items } = read.data;
        for (const { subject } of items)
          if (isDid(subject) && found.length < mostCollaborators) found.push(subject);
        cursor = read.data.cursor ?? undefined;
        if (cursor === undefined || items.length === 0 || found.length === mostCollaborators) break;
      }
      return found;
    },

    async defaultBranch(knot, repoDid, signal) {
      const answer = await ask(knot, 'getDefaultBranch', { repo: repoDid }, signal).catch(() => null);
      signal.throwIfAborted();
      return branch.safeParse(answer).data?.name || null;
    },
  };
}

function unlessUnknown(error: unknown): null {
  if (error instanceof SignalboxError && error.code === 'not_found') return null;
  throw error;
}
