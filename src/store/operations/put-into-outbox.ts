import type { OutboxBody, OutboxKind } from '../../contracts/store.ts';
import type { RunId } from '../../domain/id.ts';
import { prepared } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';

/**
 * Writes an entry that is due at once, or not before a time. It takes the place of an older one with its key; while that is being sent, the
 * new one is held back until its end, so that nobody is told two things at the same time.
 */
export async function putIntoOutbox(tx: Transaction, body: OutboxBody, dueAt = 0): Promise<void> {
  const { kind } = body;
  const [key, data] =
    kind === 'ticket'
      ? [ticketKey(body.ticket.run), body.ticket]
      : [`report:${body.report.subject}`, body.report];
  tx.write(put, { key, kind, version: tx.now, dueAt, data: JSON.stringify(data) });
}

export const ticketKey = (run: RunId): string => `ticket:${run}`;

// A new entry's version is the time: it must not be one that an entry with this key had before, because whoever still
// holds that one would settle this one.
const put = prepared(
  (
    db,
    p: {
      readonly key: string;
      readonly kind: OutboxKind;
      readonly version: number;
      readonly dueAt: number;
      readonly data: string;
    },
  ) =>
    db
      .insertInto('outbox')
      .values({
        key: p.key,
        kind: p.kind,
        version: p.version,
        due_at: p.dueAt,
        taken: 0,
        tries: 0,
        data: p.data,
      })
      .onConflict(on =>
        on.column('key').doUpdateSet(eb => ({
          version: eb('outbox.version', '+', 1),
          due_at: eb
            .case()
            .when('outbox.taken', '=', 1)
            .then(eb.ref('outbox.due_at'))
            .else(eb.ref('excluded.due_at'))
            .end(),
          tries: 0,
          data: eb.ref('excluded.data'),
        })),
      ),
);
