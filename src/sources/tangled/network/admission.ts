import type { TangledSettings } from '../settings.ts';
import type { Network } from './network.ts';
import type { TangledRepo } from './repo.ts';
import { isNamed, type RepoNames } from './watch-list.ts';

export interface AdmissionNeeds {
  readonly network: Pick<Network, 'list' | 'isMember' | 'readRepos' | 'tell'>;
  readonly settings: Pick<TangledSettings, 'hostname' | 'knots' | 'trustsKnots'>;
  readonly now: () => number;
}

/** Whether what a knot tells of a repository concerns this spindle. */
export type Admission =
  | { readonly result: 'watched'; readonly repo: TangledRepo }
  | {
      readonly result: 'refused';
      readonly reason: string;
      /** Nobody here has asked for it, so that it is worth no more than a number. */
      readonly isStranger: boolean;
    };

/**
 * An owner's records are read again for an event of a repository that is not watched, but not more often than this: who
 * has just chosen this spindle and pushes is not to wait for the next look.
 */
const rereadMs = 10_000;

/** Judges an event that came from a knot. */
export async function admitRepo(
  { network, settings, now }: AdmissionNeeds,
  knot: string,
  names: RepoNames,
  signal: AbortSignal,
): Promise<Admission> {
  const known = (): readonly TangledRepo[] => network.list().repos.filter(each => isNamed(each, names));
  const { ownerDid } = names;
  const isMember = ownerDid !== null && network.isMember(ownerDid);
  if (isMember && !known().some(repo => repo.knot === knot))
    await network.readRepos(ownerDid, now() - rereadMs, signal);

  const found = known();
  const here = found.find(repo => repo.knot === knot);
  if (here !== undefined) return { result: 'watched', repo: here };
  const isNamedKnot = settings.knots.includes(knot);
  if (isNamedKnot && settings.trustsKnots && ownerDid !== null) {
    const before = network.list().told.find(each => each.knot === knot && isNamed(each, names));
    const told = {
      ownerDid,
      ownerHandle: null,
      rkey: null,
      name: names.name ?? before?.name ?? null,
      repoDid: names.repoDid ?? before?.repoDid ?? null,
      knot,
      collaborators: [],
    };
    network.tell(told);
    return { result: 'watched', repo: told };
  }
  return {
    result: 'refused',
    reason: refusal(settings.hostname, found[0], knot, names, isMember),
    isStranger: !isNamedKnot && !isMember && found.length === 0,
  };
}

function refusal(
  hostname: string,
  elsewhere: TangledRepo | undefined,
  knot: string,
  { ownerDid, name, repoDid }: RepoNames,
  isMember: boolean,
): string {
  if (elsewhere !== undefined)
    return `the knot ${knot} tells of a repository that is on ${elsewhere.knot}: only that one is believed`;
  const which = name ?? repoDid ?? 'the repository';
  return isMember
    ? `${which} is not watched: its record does not name this spindle; choose ${hostname} in the settings of the repository`
    : `${which} is not watched: its owner ${ownerDid ?? '(not told)'} is no member of this spindle; invite them, or name them in sources.tangled.members`;
}
