import type { Migration } from '../migration.ts';

/** Logs that several control planes read: what was printed last is here, what is older in objects elsewhere. */
export const logParts: Migration = {
  version: 5,
  name: 'log-parts',
  up: (schema, { bytes }) => [
    schema
      .createTable('log_end')
      .addColumn('run', 'text', c => c.primaryKey())
      .addColumn('entries', 'integer', c => c.notNull())
      .addColumn('last', bytes, c => c.notNull()),
    schema
      .createTable('log_tail')
      .addColumn('run', 'text', c => c.notNull())
      .addColumn('entry', 'integer', c => c.notNull())
      .addColumn('until_seq', 'integer', c => c.notNull())
      .addColumn('size', 'integer', c => c.notNull())
      .addColumn('bytes', bytes, c => c.notNull())
      .addColumn('chunks', bytes, c => c.notNull())
      .addPrimaryKeyConstraint('log_tail_pk', ['run', 'entry']),
    schema
      .createTable('log_object')
      .addColumn('run', 'text', c => c.notNull())
      .addColumn('entry', 'integer', c => c.notNull())
      .addColumn('until_seq', 'integer', c => c.notNull())
      .addColumn('start', 'bigint', c => c.notNull())
      .addColumn('size', 'integer', c => c.notNull())
      .addColumn('index_size', 'integer', c => c.notNull())
      .addColumn('key', 'text', c => c.notNull())
      .addPrimaryKeyConstraint('log_object_pk', ['run', 'entry']),
  ],
};
