import { z } from 'zod';
import { SignalboxError } from '../../../domain/errors.ts';
import type { Net } from '../net.ts';

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

const described = z.object({ repoDid: z.string(), ownerDid: z.string(), rkey: z.string() });
const collaborators = z.object({
  items: z.array(z.object({ subject: z.string() })),
  cursor: z.string().nullish(),
});
const branch = z.object({ name: z.string() });

/** Ten thousand collaborators of one repository. */
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
        found.push(...read.data.items.map(({ subject }) => subject));
        cursor = read.data.cursor ?? undefined;
        if (cursor === undefined || read.data.items.length === 0) break;
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
