import type { Migration } from '../migration.ts';

/** Secrets that repositories' people have left for their workflows, sealed. */
export const repoSecrets: Migration = {
  version: 7,
  name: 'repo-secrets',
  up: schema => [
    schema
      .createTable('repo_secret')
      .addColumn('repo', 'text', c => c.notNull())
      .addColumn('key', 'text', c => c.notNull())
      .addColumn('sealed', 'text', c => c.notNull())
      .addColumn('created_at', 'bigint', c => c.notNull())
      .addColumn('created_by', 'text', c => c.notNull())
      .addPrimaryKeyConstraint('repo_secret_pk', ['repo', 'key']),
  ],
};
