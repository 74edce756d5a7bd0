import { openStore, type StorePlace } from '../../app-parts/store.ts';
import type { Admission, Store } from '../../contracts/store.ts';
import { readBrokerDatabase } from '../../sources/radicle/broker/database.ts';
import type { BrokerRun } from '../../sources/radicle/broker/run.ts';
import { type Identity, readIdentity } from '../../sources/radicle/identity.ts';
import { openStorage } from '../../sources/radicle/storage.ts';
import { claimDataDirectory } from '../../store/data-directory.ts';
import { admissionOf } from './admission.ts';

export interface ImportNeeds {
  /** The broker's; it is only read. */
  readonly database: string;
  /** Our data; no server may use the directory meanwhile. */
  readonly into: StorePlace;
  /** The node's, and where git is found: its repositories know who may see them. */
  readonly home: string;
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Hears what goes wrong beside the import, and does not end it. */
  readonly trouble: (error: unknown) => void;
  /** Hears in words how far it is. */
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface Imported {
  readonly added: number;
  /** Those that an earlier import has brought. */
  readonly known: number;
  readonly unfinished: readonly string[];
  readonly unreadable: readonly { readonly id: string; readonly why: string }[];
  /** Repositories that the node does not have. */
  readonly missing: readonly string[];
}

/** So many wait for the disk together. */
const atOnce = 200;

/**
 * Takes over the finished runs of a broker. All of them are read before the first one is written; one that is there
 * already stays as it is, so whoever was interrupted does it again.
 */
export async function importBrokerRuns(needs: ImportNeeds): Promise<Imported> {
  const { finished, unfinished, unreadable } = readBrokerDatabase(needs.database);
  using _claim = await claimDataDirectory(needs.into.dataDir);
  const { store } = await openStore(needs.into, needs.trouble);
  await using _store = store;
  const identities = await readIdentities(needs, finished);
  let added = 0;
  for (let at = 0; at < finished.length; at += atOnce) {
    needs.signal.throwIfAborted();
    const some = finished
      .slice(at, at + atOnce)
      .map(run => admissionOf(run, identities.get(run.rid) ?? null, needs.now));
    const areNew = await Promise.all(some.map(admission => add(store, admission)));
    added += areNew.filter(isNew => isNew).length;
    needs.progress(`${at + some.length} of ${finished.length} runs`);
  }
  const missing = [...identities].flatMap(([rid, identity]) => (identity === null ? [rid] : []));
  return { added, known: finished.length - added, unfinished, unreadable, missing };
}

/** Returns whether it was new. Events may be kept for longer than delivery ids, so their own ids are asked as well. */
async function add(store: Store, admission: Admission): Promise<boolean> {
  if ((await store.bareEvent(admission.event.id)) !== undefined) return false;
  return (await store.admit(admission)).result === 'admitted';
}

async function readIdentities(
  needs: Pick<ImportNeeds, 'home' | 'path'>,
  runs: readonly BrokerRun[],
): Promise<ReadonlyMap<string, Identity | null>> {
  const storage = openStorage(needs);
  const identities = new Map<string, Identity | null>();
  // What the node does not have (any more) is told by its id.
  for (const rid of new Set(runs.map(run => run.rid)))
    identities.set(rid, await readIdentity(storage.open(rid)).catch(() => null));
  return identities;
}
