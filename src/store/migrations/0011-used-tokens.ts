import type { Migration } from '../migration.ts';

/** Which service tokens have been used, over restarts and whichever control plane is called. */
export const usedTokens: Migration = {
  version: 11,
  name: 'used tokens',
  up: schema => [
    schema
      .createTable('used_token')
      .addColumn('issuer', 'text', c => c.notNull())
      .addColumn('hash', 'text', c => c.notNull())
      .addColumn('expires_at', 'bigint', c => c.notNull())
      .addPrimaryKeyConstraint('used_token_pk', ['issuer', 'hash']),
    schema.createIndex('used_token_expires').on('used_token').column('expires_at'),
  ],
};
