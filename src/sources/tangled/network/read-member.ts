import { SignalboxError } from '../../../domain/errors.ts';
import type { KnotApi } from '../knot/api.ts';
import type { Identities } from './identity.ts';
import type { Pds } from './pds.ts';
import { collaboratorRecord, collections, repoRecord } from './records.ts';
import { repoUri, type TangledRepo } from './repo.ts';

export interface ReadMemberNeeds {
  readonly identities: Pick<Identities, 'of' | 'forget'>;
  readonly pds: Pick<Pds, 'list'>;
  readonly knots: Pick<KnotApi, 'describe'>;
  /** Of this spindle. */
  readonly hostname: string;
}

/** Each is asked about at its knot. Whoever has more wants another spindle. */
const mostChosen = 100;

/** What a member's records ask of this spindle. */
export interface MemberRead {
  /** Those that are what their records say. */
  readonly repos: readonly TangledRepo[];
  /** Why others are not watched. */
  readonly problems: readonly string[];
}

/**
 * Reads the repositories in which a member has chosen this spindle. A repository with a DID of its own is asked about at
 * its knot; where that does not answer, what was found before (`known`) stays. Throws when the records cannot be read.
 */
export async function readMember(
  needs: ReadMemberNeeds,
  did: string,
  known: readonly TangledRepo[],
  signal: AbortSignal,
): Promise<MemberRead> {
  const { handle } = await needs.identities.of(did, signal);
  const records = await needs.pds.list(did, collections.repo, repoRecord, signal);
  const chosen = records.filter(({ value }) => value.spindle === needs.hostname);
  if (chosen.length === 0) return { repos: [], problems: [] };
  const invited = await needs.pds.list(did, collections.collaborator, collaboratorRecord, signal);

  const repos: TangledRepo[] = [];
  const problems: string[] = [];
  if (chosen.length > mostChosen)
    problems.push(
      `${did} has chosen this spindle in ${chosen.length} repositories: only the first ${mostChosen} are watched`,
    );
  for (const { rkey, value } of chosen.slice(0, mostChosen)) {
    const names = [repoUri({ ownerDid: did, rkey }), value.repoDid];
    const repo: TangledRepo = {
      ownerDid: did,
      ownerHandle: handle,
      rkey,
      name: value.name || null,
      repoDid: value.repoDid || null,
      knot: value.knot,
      collaborators: invited
        .filter(({ value }) => names.includes(value.repo))
        .map(({ value }) => value.subject),
    };
    const isKnown = known.some(each => isSame(each, repo));
    const problem = await whyNot(needs, repo, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      const { retryable, message } = SignalboxError.from(error);
      return retryable && isKnown ? null : message;
    });
    if (problem === null) repos.push(repo);
    else problems.push(`${repoUri(repo)} is not watched: ${problem}`);
  }
  return { repos, problems };
}

/** Why a repository is not what its record says; null when it is. */
async function whyNot(
  { identities, knots }: ReadMemberNeeds,
  { ownerDid, repoDid, knot, name, rkey }: TangledRepo,
  signal: AbortSignal,
): Promise<string | null> {
  if (!/^[\w.-]+(?::\d{1,5})?$/.test(knot)) return 'its record names a knot that is no host';
  if (repoDid === null) return name === null ? 'its record has neither a name nor a DID' : null;
  const found = await identities.of(repoDid, signal);
  if (found.knot !== knot) {
    // Who moves a repository changes both, one after the other.
    identities.forget(repoDid);
    return `its record says that it is on ${knot}, and its DID that it is on ${found.knot ?? 'no knot'}`;
  }
  const described = await knots.describe(knot, repoDid, signal);
  return described.repoDid === repoDid && described.ownerDid === ownerDid && described.rkey === rkey
    ? null
    : `its knot ${knot} says that it belongs to ${described.ownerDid} (${described.rkey})`;
}

const isSame = (one: TangledRepo, other: TangledRepo): boolean =>
  one.rkey === other.rkey && one.repoDid === other.repoDid && one.knot === other.knot;
