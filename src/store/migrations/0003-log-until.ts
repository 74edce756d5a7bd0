import type { Migration } from '../migration.ts';

/** Until when logs are kept whose rules say so themselves. */
export const logUntil: Migration = {
  version: 3,
  name: 'log-until',
  up: schema => [
    schema
      .createTable('log_until')
      .addColumn('run', 'text', c => c.primaryKey().references('run.id').onDelete('cascade'))
      .addColumn('until', 'bigint', c => c.notNull()),
    schema.createIndex('log_until_until').on('log_until').column('until'),
  ],
};
