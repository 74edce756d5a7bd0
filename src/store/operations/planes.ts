import type { Plane } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { prepared } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';

/** Notes that a control plane is alive, and forgets those that are silent; returns their names. */
export async function beat(
  tx: Transaction,
  {
    plane,
    now,
    silentBefore,
  }: { readonly plane: Plane; readonly now: number; readonly silentBefore: number },
): Promise<readonly string[]> {
  const { name, logs } = plane;
  const others = await tx.all(othersThan, { name });
  const elsewhere = others.find(other => other.seen_at >= silentBefore && other.logs !== logs);
  if (elsewhere !== undefined)
    throw new SignalboxError(
      'conflict',
      `the control plane ${elsewhere.name} uses the same database, and keeps its logs elsewhere (${elsewhere.logs}; this one: ${logs}): give both the same bucket in \`logs\`, or, if it has died, wait until its lease is over`,
    );
  tx.write(note, { name, logs, now });
  const silent = others.filter(other => other.seen_at < silentBefore);
  for (const other of silent) tx.write(remove, { name: other.name });
  return silent.map(other => other.name);
}

/** Has the next one that asks find this control plane silent. */
export async function leave(tx: Transaction, name: string): Promise<void> {
  tx.write(silence, { name });
}

type Named = { readonly name: string };

const othersThan = prepared((db, p: Named) =>
  db.selectFrom('plane').selectAll().where('name', '<>', p.name).orderBy('name'),
);

const note = prepared((db, p: Named & { readonly logs: string; readonly now: number }) =>
  db
    .insertInto('plane')
    .values({ name: p.name, logs: p.logs, seen_at: p.now })
    .onConflict(on =>
      on
        .column('name')
        .doUpdateSet(eb => ({ logs: eb.ref('excluded.logs'), seen_at: eb.ref('excluded.seen_at') })),
    ),
);

const remove = prepared((db, p: Named) => db.deleteFrom('plane').where('name', '=', p.name));

const silence = prepared((db, p: Named) =>
  db.updateTable('plane').set({ seen_at: 0 }).where('name', '=', p.name),
);
