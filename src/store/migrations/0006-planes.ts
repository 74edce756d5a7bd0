import type { Migration } from '../migration.ts';

/** The control planes that share the database. */
export const planes: Migration = {
  version: 6,
  name: 'planes',
  up: schema => [
    schema
      .createTable('plane')
      .addColumn('name', 'text', c => c.primaryKey())
      .addColumn('logs', 'text', c => c.notNull())
      .addColumn('seen_at', 'bigint', c => c.notNull()),
  ],
};
