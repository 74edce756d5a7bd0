import { SignalboxError } from '../../../domain/errors.ts';
import type { Problems } from '../problems.ts';
import type { TangledSettings } from '../settings.ts';
import { isDid } from './did.ts';
import { type ReadMemberNeeds, readMember } from './read-member.ts';
import { collections, memberRecord } from './records.ts';
import type { TangledRepo } from './repo.ts';
import { emptyWatchList, isNamed, type WatchList } from './watch-list.ts';

export interface NetworkNeeds extends Omit<ReadMemberNeeds, 'hostname'> {
  readonly settings: Pick<TangledSettings, 'hostname' | 'owner' | 'members'>;
  readonly problems: Problems;
  readonly now: () => number;
  /** Hears of every change of the list. */
  readonly changed: () => void;
}

/** Who may use this spindle and what is watched for them: always as the records said when they were read last. */
export interface Network {
  readonly list: () => WatchList;
  /** Puts a stored list in place, to be looked through. */
  readonly restore: (stored: WatchList) => void;
  readonly isMember: (did: string) => boolean;
  /** When everything was looked through last; null: not yet. */
  readonly lastAt: () => number | null;
  /** Whether the list says whom to work for: it was looked through, or stored before. */
  readonly isReady: () => boolean;
  /** Looks through everything. What cannot be read stays as it was, and is a problem. Rejects only when aborted. */
  readonly reconcile: (signal: AbortSignal) => Promise<void>;
  /** Looks through one member's repositories, unless that was done after `notBefore`. */
  readonly readRepos: (did: string, notBefore: number, signal: AbortSignal) => Promise<void>;
  /** Keeps what a trusted knot has told. */
  readonly tell: (repo: TangledRepo) => void;
  /** Keeps what a knot has told of a collaborator. */
  readonly setRight: (repoDid: string, did: string, granted: boolean) => void;
}

/** So many members' servers are asked at a time. */
const atATime = 8;
/** The records of one member are read by then: all others wait for whose server is slow. */
const readMs = 60_000;
/** The oldest are forgotten: they are told of again with their next event. */
const mostTold = 1000;
/** Of one repository: nobody lets so many in, and whoever runs its knot can tell of any number. The oldest are forgotten. */
const mostRights = 1000;

export function createNetwork(needs: NetworkNeeds): Network {
  const { settings, problems, now } = needs;
  const { hostname, owner } = settings;
  let list = emptyWatchList;
  let lastAt: number | null = null;
  let isRestored = false;
  const readAt = new Map<string, number>();
  let reading: Promise<unknown> = Promise.resolve();

  const members = (): readonly string[] => [...new Set([owner, ...settings.members, ...list.invited])];

  function change(next: WatchList): void {
    if (JSON.stringify(next) === JSON.stringify(list)) return;
    list = next;
    needs.changed();
  }

  /** One reading after the other: none overwrites what a later one has found. */
  function inTurn(task: () => Promise<void>): Promise<void> {
    const mine = reading.then(task);
    reading = mine.catch(() => undefined); // told to who asked for it
    return mine;
  }

  async function attempt(
    what: string,
    signal: AbortSignal,
    task: (limit: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const limit = AbortSignal.timeout(readMs);
    try {
      await task(AbortSignal.any([signal, limit]));
      problems.judge(what, null);
    } catch (error) {
      signal.throwIfAborted();
      problems.judge(what, limit.aborted ? tooSlow(what) : SignalboxError.from(error).message);
    }
  }

  const readInvited = (signal: AbortSignal): Promise<void> =>
    attempt('members', signal, async limit => {
      const records = await needs.pds.list(owner, collections.member, memberRecord, limit);
      const invited = records
        .filter(({ value }) => value.instance === hostname && isDid(value.subject))
        .map(({ value }) => value.subject);
      change({ ...list, invited: [...new Set(invited)].sort() });
      const staying = new Set(members());
      for (const { ownerDid } of list.repos) if (!staying.has(ownerDid)) replace(ownerDid, []);
    });

  function replace(did: string, repos: readonly TangledRepo[]): void {
    const others = list.repos.filter(({ ownerDid }) => ownerDid !== did);
    // In a fixed order, so that what is the same is seen to be.
    const sorted = [...others, ...repos].sort((a, b) => order(a).localeCompare(order(b)));
    change({ ...list, repos: sorted });
  }

  const readOne = (did: string, signal: AbortSignal): Promise<void> =>
    attempt(did, signal, async limit => {
      const known = list.repos.filter(({ ownerDid }) => ownerDid === did);
      readAt.set(did, now());
      const read = await readMember({ ...needs, hostname }, did, known, limit);
      if (members().includes(did)) replace(did, read.repos);
      problems.judge(`repositories of ${did}`, read.problems.length === 0 ? null : read.problems.join('; '));
    });

  return {
    list: () => list,
    restore(stored) {
      list = stored;
      isRestored = stored.repos.length > 0;
    },
    isMember: did => members().includes(did),
    lastAt: () => lastAt,
    isReady: () => isRestored || lastAt !== null,
    reconcile: signal =>
      inTurn(async () => {
        await readInvited(signal);
        const waiting = [...members()];
        const worker = async (): Promise<void> => {
          for (let did = waiting.shift(); did !== undefined; did = waiting.shift())
            await readOne(did, signal);
        };
        await Promise.all(Array.from({ length: atATime }, worker));
        lastAt = now();
      }),
    readRepos: (did, notBefore, signal) =>
      inTurn(async () => {
        if (members().includes(did) && (readAt.get(did) ?? Number.NEGATIVE_INFINITY) <= notBefore)
          await readOne(did, signal);
      }),
    tell: repo => {
      const others = list.told.filter(each => each.knot !== repo.knot || !isNamed(each, repo));
      change({ ...list, told: [...others, repo].slice(-mostTold) });
    },
    setRight(repoDid, did, granted) {
      const others = Object.entries(list.rights[repoDid] ?? {}).filter(([other]) => other !== did);
      const rights = Object.fromEntries([...others, [did, granted] as const].slice(-mostRights));
      change({ ...list, rights: { ...list.rights, [repoDid]: rights } });
    },
  };
}

const tooSlow = (what: string): string =>
  `the records of ${what} cannot be read within ${readMs / 1000} s: what was known of them stays`;
const order = ({ ownerDid, rkey }: TangledRepo): string => `${ownerDid} ${rkey ?? ''}`;
