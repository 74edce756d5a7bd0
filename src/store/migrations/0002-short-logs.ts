import type { Migration } from '../migration.ts';

/** Logs that are too short for files of their own. */
export const shortLogs: Migration = {
  version: 2,
  name: 'short-logs',
  up: (schema, { bytes }) => [
    schema
      .createTable('short_log')
      .addColumn('run', 'text', c => c.primaryKey().references('run.id').onDelete('cascade'))
      .addColumn('bytes', bytes, c => c.notNull())
      .addColumn('chunks', bytes, c => c.notNull()),
  ],
};
