import { SignalboxError } from '../../domain/errors.ts';
import type { NewEvent } from '../../domain/event.ts';
import { eventOf, type Origin, type Surroundings } from './events.ts';
import { type History, readHistory, unknownHistory } from './history.ts';
import { type Identity, readIdentity } from './identity.ts';
import type { NodeUpdate } from './node-line.ts';
import { readPatch } from './patch/read-patch.ts';
import { readPeople } from './people.ts';
import type { Seen } from './position.ts';
import { inNamespace } from './ref-kind.ts';
import { changesOf, type RefChange, readSignedRefs } from './signed-refs.ts';
import type { StoredRepository } from './storage.ts';

export interface LookOptions {
  readonly home: string;
  /** Where git and rad are found. */
  readonly path: string;
  /** What is news of a repository that nobody has looked at; `told`: what the node names. */
  readonly firstSeen: 'ignore' | 'told' | 'default-branch' | 'all';
  readonly files: readonly string[];
}

/** Why somebody looks: what the node has said. */
export interface Hint {
  readonly fetchedFrom: string | null;
  readonly updates: readonly NodeUpdate[];
  readonly told: readonly Told[];
}

/** A line of the node, and the refs that it names; a name that ends with a slash stands for all below it. */
export interface Told {
  readonly line: string;
  readonly about: readonly string[];
}

export const noHint: Hint = { fetchedFrom: null, updates: [], told: [] };

/** Whether a line of the node names a ref. */
export const names = ({ about }: Told, ref: string): boolean =>
  about.some(each => (each.endsWith('/') ? ref.startsWith(each) : ref === each));

/** What a look has found; `seen` is the very same where nothing has changed, and undefined where there is nothing yet. */
export interface Looked {
  /** They are read while they are taken: there may be more than fit into memory. To be taken once, to their end. */
  readonly events: AsyncIterable<NewEvent>;
  readonly seen: Seen | undefined;
  /** What could not be read of the events that were taken, and was told without; null: all of it could. */
  readonly problem: () => string | null;
}

interface Found {
  readonly change: RefChange;
  readonly origin: Origin;
}

/** Each waits for git once or twice. */
const atOnce = 8;
/** Of what somebody has signed: a hundred thousand refs are shorter. Nobody may keep others from being heard by signing more. */
const mostSigned = 8 * 1024 * 1024;

const nothingSeen: Seen = { namespaces: {}, canonical: {}, moves: 0 };
const signedRefs = 'refs/rad/sigrefs';
/** Forks have some branches at the same commits; their histories are kept until so many others have come. */
const mostHistories = 50;
/** What git finds no object under. */
const nothing = 'nothing';

/**
 * Compares a repository with what was seen of it: whatever the node has told, or not, each change is found once.
 * `seen` undefined: it is seen for the first time.
 */
export async function look(
  options: LookOptions,
  repository: StoredRepository,
  seen: Seen | undefined,
  hint: Hint,
): Promise<Looked> {
  const refs = await repository.refs('refs/heads', 'refs/tags', `refs/namespaces/*/${signedRefs}`);
  const now = stateOf(refs, seen ?? nothingSeen);
  const moved = changesOf(entries(seen?.canonical), entries(now.canonical));
  const signed = changesOf(entries(seen?.namespaces), entries(now.namespaces));
  const unsigned = seen === undefined ? [] : unsignedChanges(hint, seen, now);
  if (seen !== undefined && moved.length + signed.length + unsigned.length === 0) return nothingNew(seen);

  const moves = now.moves + (moved.length > 0 ? 1 : 0);
  const canonical = moved.map(change => ({ change, origin: { namespace: null, mark: String(moves) } }));
  const current = { ...now, moves };
  // It is about to be made: what comes first is yet to be seen.
  if (seen === undefined && refs.size === 0) return nothingNew(seen);
  if (seen === undefined && options.firstSeen === 'ignore') return nothingNew(current);

  const identity = await readIdentity(repository);
  const all = [...(await signedChanges(repository, signed)), ...unsigned, ...canonical];
  const wanted = seen === undefined ? firstNews(options.firstSeen, all, identity, hint) : all;
  const problems: string[] = [];
  const events = eventsOf(
    options,
    repository,
    identity,
    { hint, heard: problem => problems.splice(0, 1, problem) },
    wanted,
  );
  return { events, seen: current, problem: () => problems[0] ?? null };
}

function nothingNew(seen: Seen | undefined): Looked {
  return { events: none(), seen, problem: () => null };
}

async function* none(): AsyncGenerator<NewEvent> {}

/** What is news of a repository that is seen for the first time. */
function firstNews(
  firstSeen: LookOptions['firstSeen'],
  all: readonly Found[],
  { defaultBranch }: Identity,
  { updates, told }: Hint,
): readonly Found[] {
  switch (firstSeen) {
    case 'ignore':
      return [];
    case 'all':
      return all;
    case 'default-branch':
      return all.filter(
        ({ change, origin }) => origin.namespace === null && change.ref === `refs/heads/${defaultBranch}`,
      );
    case 'told': {
      const updated = new Map(updates.map(update => [update.ref, update]));
      // Both may be many: no ref is compared with each that is named.
      const named = new Set(told.flatMap(({ about }) => about));
      const folders = [...named].filter(each => each.endsWith('/'));
      return all.flatMap(found => {
        const { change, origin } = found;
        const ref =
          origin.namespace === null ? change.ref : `refs/namespaces/${origin.namespace}/${change.ref}`;
        const { before = null } = updated.get(ref) ?? {};
        return named.has(ref) || folders.some(each => ref.startsWith(each))
          ? [{ ...found, change: { ...change, before } }]
          : [];
      });
    }
  }
}

function stateOf(refs: ReadonlyMap<string, string>, seen: Seen): Seen {
  const namespaces: Record<string, string> = {};
  const canonical: Record<string, string> = {};
  for (const [ref, id] of refs) {
    const inside = inNamespace(ref);
    if (inside === null) canonical[ref] = id;
    else namespaces[inside.namespace] = id;
  }
  return { namespaces, canonical, moves: seen.moves };
}

/** What owners of namespaces have signed since: each change of signed refs holds any number of changed refs. */
async function signedChanges(
  repository: StoredRepository,
  signed: readonly RefChange[],
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < signed.length; at += atOnce)
    found.push(...(await changesIn(repository, signed.slice(at, at + atOnce))));
  return found;
}

async function changesIn(
  repository: StoredRepository,
  signed: readonly RefChange[],
): Promise<readonly Found[]> {
  const names = signed.flatMap(({ before, after }) => [
    before === null ? nothing : `${before}:refs`,
    // What was signed last may have been thrown away since; what was signed before the present is next to it.
    before === null || after === null ? nothing : `${after}^:refs`,
    after === null ? nothing : `${after}:refs`,
  ]);
  const blobs = await repository.objects(names, mostSigned);
  return signed.flatMap(({ ref: namespace, before, after }, index) => {
    const [last, former, present] = blobs
      .slice(index * 3, index * 3 + 3)
      .map(blob => blob && readSignedRefs(blob.toString()));
    // What cannot be read is not gone for that.
    if (after !== null && !present) return [];
    return changesOf(last ?? former ?? new Map(), present ?? new Map()).map(change => ({
      change,
      origin: { namespace, mark: after ?? `gone after ${before}` },
    }));
  });
}

/**
 * What the node has told of namespaces in which nothing is signed, and nothing was: there, its word is all there is.
 * Of one that is gone its last signature tells.
 */
function unsignedChanges({ updates }: Hint, seen: Seen, now: Seen): readonly Found[] {
  const isSigned = (name: string) =>
    Object.hasOwn(now.namespaces, name) || Object.hasOwn(seen.namespaces, name);
  return updates.flatMap(({ ref, before, after }) => {
    const inside = inNamespace(ref);
    return inside === null || isSigned(inside.namespace)
      ? []
      : [
          {
            change: { ref: inside.name, before, after },
            origin: { namespace: inside.namespace, mark: 'told by the node' },
          },
        ];
  });
}

async function* eventsOf(
  options: LookOptions,
  repository: StoredRepository,
  identity: Identity,
  { hint, heard }: { readonly hint: Hint; readonly heard: (problem: string) => void },
  found: readonly Found[],
): AsyncGenerator<NewEvent> {
  const histories = new Map<string, Promise<History>>();
  const from: Surroundings = {
    repository,
    identity,
    people: readPeople(options.home),
    fetchedFrom: hint.fetchedFrom,
    files: options.files,
    readPatch: (id, head) => readPatch(options, repository, identity, id, head),
    readHistory: (base, tip) => {
      // Whoever forks a repository has all of its branches at the same commits.
      const key = `${base} ${tip}`;
      const known = histories.get(key) ?? readHistory(repository, base, tip);
      histories.set(key, known);
      const [oldest] = histories.keys();
      if (histories.size > mostHistories && oldest !== undefined) histories.delete(oldest);
      return known;
    },
  };
  // One that cannot be read keeps no other from being told, and is told itself, as far as it is known.
  const bare: Surroundings = {
    ...from,
    files: [],
    readPatch: async () => null,
    readHistory: async () => unknownHistory,
  };
  for (let at = 0; at < found.length; at += atOnce) {
    const some = found.slice(at, at + atOnce).map(({ change, origin }) =>
      eventOf(from, change, origin).catch((error: unknown) => {
        heard(SignalboxError.from(error).message);
        return eventOf(bare, change, origin);
      }),
    );
    for (const event of await Promise.all(some)) if (event !== null) yield event;
  }
}

const entries = (record: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> =>
  new Map(Object.entries(record));
