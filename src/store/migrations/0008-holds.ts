import type { Migration } from '../migration.ts';

/** What somebody has paused or drained; and how runs of one pool are counted, and found in order. */
export const holds: Migration = {
  version: 8,
  name: 'holds',
  up: schema => [
    schema
      .createTable('hold')
      .addColumn('kind', 'text', c => c.notNull())
      .addColumn('name', 'text', c => c.notNull())
      .addColumn('by_whom', 'text', c => c.notNull())
      .addColumn('at', 'bigint', c => c.notNull())
      .addColumn('reason', 'text')
      .addPrimaryKeyConstraint('hold_pk', ['kind', 'name']),
    schema.createIndex('run_pool').on('run').columns(['state', 'pool', 'id']),
  ],
};
