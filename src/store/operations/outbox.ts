import type { OutboxBody, OutboxEntry, OutboxKind } from '../../contracts/store.ts';
import type { RunId } from '../../domain/id.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';
import { ticketKey } from './put-into-outbox.ts';
import { noteReport } from './reports.ts';

/** Takes due entries, oldest first, for nobody else until `takenUntil`. */
export async function takeOutbox(
  tx: Transaction,
  wish: {
    readonly kind: OutboxKind;
    readonly now: number;
    readonly limit: number;
    readonly takenUntil: number;
  },
): Promise<readonly OutboxEntry[]> {
  const rows = await tx.all(takeEntries, wish);
  return rows
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ key, version, tries, kind, data }) => ({ key, version, tries, ...bodyOf(kind, data) }));
}

/** Sent: the entry goes, unless a newer version has taken its place. */
export async function settle(tx: Transaction, entry: OutboxEntry): Promise<void> {
  const gone = await tx.run(removeEntry, { key: entry.key, version: entry.version });
  if (gone === 0) return release(tx, entry);
  if (entry.kind === 'report')
    await noteReport(tx, entry.report, {
      state: 'sent',
      tries: entry.tries,
      error: null,
      nextTryAt: null,
      sentAt: tx.now,
    });
}

/** Not sent this time: due again then, unless a newer version has taken its place. */
export async function postpone(
  tx: Transaction,
  { entry, dueAt, error }: { readonly entry: OutboxEntry; readonly dueAt: number; readonly error: string },
): Promise<void> {
  const { key, version } = entry;
  const tries = entry.tries + 1;
  const found = await tx.run(postponeEntry, { key, version, tries, dueAt });
  if (found === 0) return release(tx, entry);
  if (entry.kind === 'report')
    await noteReport(tx, entry.report, { state: 'waiting', tries, error, nextTryAt: dueAt, sentAt: null });
}

/** Will never be sent: the entry goes, and the report keeps the error, unless a newer version has taken its place. */
export async function giveUp(
  tx: Transaction,
  { entry, error }: { readonly entry: OutboxEntry; readonly error: string },
): Promise<void> {
  const gone = await tx.run(removeEntry, { key: entry.key, version: entry.version });
  if (gone === 0) return release(tx, entry);
  if (entry.kind === 'report')
    await noteReport(tx, entry.report, {
      state: 'given up',
      tries: entry.tries + 1,
      error,
      nextTryAt: null,
      sentAt: null,
    });
}

/** Forgets the ticket of a run, unless somebody is sending it. */
export async function removeUnsent(tx: Transaction, run: RunId): Promise<void> {
  tx.write(removeUntaken, { key: ticketKey(run) });
}

/** What somebody was sending who is known to be dead is due at once. */
export async function releaseTaken(tx: Transaction): Promise<void> {
  tx.write(releaseEntries, {});
}

/** When the next entry of a kind is due; null when there is none. */
export async function nextDue(tx: Transaction, kind: OutboxKind): Promise<number | null> {
  return (await first(tx, earliest, { kind }))?.due_at ?? null;
}

/** Whether an entry of a kind is taken, or due at `now`. */
export async function isSending(
  tx: Transaction,
  { kind, now }: { readonly kind: OutboxKind; readonly now: number },
): Promise<boolean> {
  return (await first(tx, sending, { kind, now })) !== undefined;
}

/** What has replaced the entry is no longer held back by it. */
async function release(tx: Transaction, entry: OutboxEntry): Promise<void> {
  tx.write(releaseEntry, { key: entry.key });
}

function bodyOf(kind: OutboxKind, data: string): OutboxBody {
  switch (kind) {
    case 'ticket':
      return { kind, ticket: JSON.parse(data) };
    case 'report':
      return { kind, report: JSON.parse(data) };
  }
}

const takeEntries = prepared(
  (
    db,
    p: {
      readonly kind: OutboxKind;
      readonly now: number;
      readonly limit: number;
      readonly takenUntil: number;
    },
  ) =>
    db
      .updateTable('outbox')
      .set({ taken: 1, due_at: p.takenUntil })
      .where('seq', 'in', eb =>
        eb
          .selectFrom('outbox')
          .select('seq')
          .where('kind', '=', p.kind)
          .where('due_at', '<=', p.now)
          .orderBy('due_at')
          .orderBy('seq')
          .limit(p.limit),
      )
      .returning(['seq', 'key', 'kind', 'version', 'tries', 'data']),
);

type Held = { readonly key: string; readonly version: number };

const removeEntry = prepared((db, p: Held) =>
  db.deleteFrom('outbox').where('key', '=', p.key).where('version', '=', p.version),
);

const removeUntaken = prepared((db, p: { readonly key: string }) =>
  db.deleteFrom('outbox').where('key', '=', p.key).where('taken', '=', 0),
);

const postponeEntry = prepared((db, p: Held & { readonly tries: number; readonly dueAt: number }) =>
  db
    .updateTable('outbox')
    .set({ taken: 0, due_at: p.dueAt, tries: p.tries })
    .where('key', '=', p.key)
    .where('version', '=', p.version),
);

const releaseEntry = prepared((db, p: { readonly key: string }) =>
  db.updateTable('outbox').set({ taken: 0, due_at: 0 }).where('key', '=', p.key).where('taken', '=', 1),
);

const releaseEntries = prepared(db =>
  db.updateTable('outbox').set({ taken: 0, due_at: 0 }).where('taken', '=', 1),
);

const earliest = prepared((db, p: { readonly kind: OutboxKind }) =>
  db.selectFrom('outbox').select('due_at').where('kind', '=', p.kind).orderBy('due_at').limit(1),
);

const sending = prepared((db, p: { readonly kind: OutboxKind; readonly now: number }) =>
  db
    .selectFrom('outbox')
    .select('seq')
    .where('kind', '=', p.kind)
    .where(eb => eb.or([eb('taken', '=', 1), eb('due_at', '<=', p.now)]))
    .limit(1),
);
