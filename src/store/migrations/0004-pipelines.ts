import type { Migration } from '../migration.ts';

/** The pipelines of Tangled, the runs of their workflows, and what is announced of them. */
export const pipelines: Migration = {
  version: 4,
  name: 'pipelines',
  up: schema => [
    schema
      .createTable('pipeline')
      .addColumn('knot', 'text', c => c.notNull())
      .addColumn('rkey', 'text', c => c.notNull())
      .addColumn('event', 'text', c => c.notNull().references('event.id').onDelete('cascade'))
      .addColumn('repo', 'text', c => c.notNull())
      .addColumn('commit_sha', 'text', c => c.notNull())
      .addColumn('kind', 'text', c => c.notNull())
      .addPrimaryKeyConstraint('pipeline_pk', ['rkey', 'knot']),
    schema.createIndex('pipeline_event').on('pipeline').column('event'),
    schema.createIndex('pipeline_repo').on('pipeline').columns(['repo', 'event', 'commit_sha', 'kind']),
    schema.createIndex('pipeline_commit').on('pipeline').columns(['repo', 'commit_sha', 'event', 'kind']),
    schema
      .createTable('workflow_run')
      .addColumn('knot', 'text', c => c.notNull())
      .addColumn('rkey', 'text', c => c.notNull())
      .addColumn('workflow', 'text', c => c.notNull())
      .addColumn('run', 'text', c => c.notNull().references('run.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('workflow_run_pk', ['knot', 'rkey', 'workflow', 'run']),
    schema.createIndex('workflow_run_run').on('workflow_run').column('run'),
    schema
      .createTable('announcement')
      .addColumn('created', 'text', c => c.primaryKey())
      .addColumn('cause', 'text', c => c.notNull().unique())
      .addColumn('nsid', 'text', c => c.notNull())
      .addColumn('rkey', 'text', c => c.notNull())
      .addColumn('record', 'text', c => c.notNull()),
  ],
};
