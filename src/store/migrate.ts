import type { SchemaModule } from 'kysely';
import { SignalboxError } from '../domain/errors.ts';
import { faultPoint } from '../lib/fault-points.ts';
import type { ColumnTypes, Migration } from './migration.ts';
import { prepared } from './prepared.ts';
import { first, type Transaction } from './transaction.ts';

/**
 * Brings a database to the newest version, within the caller's transaction: all steps or none. A database that a newer
 * signalbox has written is refused untouched.
 */
export async function migrate(
  tx: Transaction,
  migrations: readonly Migration[],
  dialect: { readonly schema: SchemaModule; readonly types: ColumnTypes },
): Promise<void> {
  await tx.run(createHistory, {});
  const row = await first(tx, newestStep, {});
  const done = row?.version ?? 0;
  const newest = migrations.at(-1)?.version ?? 0;
  if (done > newest)
    throw new SignalboxError(
      'conflict',
      `the database has version ${done}, this signalbox knows versions up to ${newest}: start the newer signalbox that wrote it, or restore a backup from before the upgrade`,
    );
  for (const migration of migrations.filter(({ version }) => version > done)) {
    await tx.run(addStep, { version: migration.version, name: migration.name, at: tx.now });
    for (const statement of migration.up(dialect.schema, dialect.types)) {
      await tx.run(
        prepared(() => statement),
        {},
      );
      faultPoint('mid-migration');
    }
  }
}

const createHistory = prepared(db =>
  db.schema
    .createTable('migration')
    .ifNotExists()
    .addColumn('version', 'integer', c => c.primaryKey())
    .addColumn('name', 'text', c => c.notNull())
    .addColumn('applied_at', 'bigint', c => c.notNull()),
);

const newestStep = prepared(db =>
  db.selectFrom('migration').select('version').orderBy('version', 'desc').limit(1),
);

const addStep = prepared((db, p: { readonly version: number; readonly name: string; readonly at: number }) =>
  db.insertInto('migration').values({ version: p.version, name: p.name, applied_at: p.at }),
);
