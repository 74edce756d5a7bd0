import type { Migration } from '../migration.ts';

/** Who is signed in, over restarts and whichever control plane is asked. */
export const sessions: Migration = {
  version: 10,
  name: 'sessions',
  up: schema => [
    schema
      .createTable('session')
      .addColumn('kind', 'text', c => c.notNull())
      .addColumn('hash', 'text', c => c.notNull())
      .addColumn('token', 'text', c => c.notNull())
      .addColumn('expires_at', 'bigint', c => c.notNull())
      .addPrimaryKeyConstraint('session_pk', ['kind', 'hash']),
    schema.createIndex('session_expires').on('session').columns(['kind', 'expires_at']),
  ],
};
