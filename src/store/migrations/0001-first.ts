import type { Migration } from '../migration.ts';

/**
 * Indexes: each list has one per filter, with the id behind it, so that a page is read in order and never sorted. The
 * further columns let several filters be checked within the index.
 */
export const first: Migration = {
  version: 1,
  name: 'first',
  up: (schema, { seq, bytes }) => [
    schema
      .createTable('delivery')
      .addColumn('id', 'text', c => c.primaryKey())
      .addColumn('source', 'text', c => c.notNull())
      .addColumn('received_at', 'bigint', c => c.notNull())
      .addColumn('peer', 'text', c => c.notNull())
      .addColumn('method', 'text', c => c.notNull())
      .addColumn('path', 'text', c => c.notNull())
      .addColumn('headers', 'text', c => c.notNull())
      .addColumn('body', bytes, c => c.notNull())
      .addColumn('authentication', 'text', c => c.notNull()),
    schema
      .createTable('delivery_id')
      .addColumn('source', 'text', c => c.notNull())
      .addColumn('delivery_id', 'text', c => c.notNull())
      .addColumn('event', 'text', c => c.notNull())
      .addColumn('body_hash', 'text')
      .addColumn('received_at', 'bigint', c => c.notNull())
      .addPrimaryKeyConstraint('delivery_id_pk', ['source', 'delivery_id']),
    schema.createIndex('delivery_id_received_at').on('delivery_id').column('received_at'),
    schema
      .createTable('event')
      .addColumn('id', 'text', c => c.primaryKey())
      .addColumn('source', 'text', c => c.notNull())
      .addColumn('type', 'text', c => c.notNull())
      .addColumn('repo', 'text')
      .addColumn('delivery', 'text')
      .addColumn('received_at', 'bigint', c => c.notNull())
      .addColumn('data', 'text', c => c.notNull())
      .addColumn('verdicts', 'text', c => c.notNull())
      .addColumn('explanations', 'text', c => c.notNull()),
    schema.createIndex('event_source').on('event').columns(['source', 'id']),
    schema.createIndex('event_type').on('event').columns(['type', 'id', 'source']),
    schema.createIndex('event_repo').on('event').columns(['repo', 'id', 'type', 'source']),
    schema.createIndex('event_delivery').on('event').column('delivery'),
    schema.createIndex('event_received_at').on('event').column('received_at'),
    schema
      .createTable('duplicate')
      .addColumn('seq', seq, c => c.primaryKey())
      .addColumn('event', 'text', c => c.notNull().references('event.id').onDelete('cascade'))
      .addColumn('received_at', 'bigint', c => c.notNull())
      .addColumn('conflict', 'integer', c => c.notNull()),
    schema.createIndex('duplicate_event').on('duplicate').column('event'),
    schema
      .createTable('run')
      .addColumn('id', 'text', c => c.primaryKey())
      .addColumn('event', 'text', c => c.notNull().references('event.id').onDelete('cascade'))
      .addColumn('rule', 'text', c => c.notNull())
      .addColumn('pool', 'text', c => c.notNull())
      .addColumn('group_name', 'text')
      .addColumn('approval_of', 'text')
      .addColumn('state', 'text', c => c.notNull())
      .addColumn('queued_at', 'bigint', c => c.notNull())
      .addColumn('rerun_of', 'text')
      .addColumn('attempt', 'integer', c => c.notNull())
      .addColumn('version', 'integer', c => c.notNull())
      .addColumn('plan', 'text', c => c.notNull())
      .addColumn('status', 'text', c => c.notNull()),
    schema.createIndex('run_event').on('run').columns(['event', 'id']),
    schema.createIndex('run_state').on('run').columns(['state', 'id']),
    schema.createIndex('run_group').on('run').columns(['group_name', 'state', 'id']),
    schema.createIndex('run_approval_of').on('run').columns(['approval_of', 'state', 'id']),
    schema.createIndex('run_rule').on('run').columns(['rule', 'id', 'state']),
    schema
      .createTable('attempt')
      .addColumn('run', 'text', c => c.notNull().references('run.id').onDelete('cascade'))
      .addColumn('attempt', 'integer', c => c.notNull())
      .addColumn('agent', 'text', c => c.notNull())
      .addColumn('started_at', 'bigint', c => c.notNull())
      .addColumn('finished_at', 'bigint')
      .addColumn('outcome', 'text')
      .addPrimaryKeyConstraint('attempt_pk', ['run', 'attempt']),
    schema
      .createTable('log_size')
      .addColumn('run', 'text', c => c.primaryKey().references('run.id').onDelete('cascade'))
      .addColumn('bytes', 'bigint', c => c.notNull()),
    schema
      .createTable('report')
      .addColumn('run', 'text', c => c.notNull().references('run.id').onDelete('cascade'))
      .addColumn('reporter', 'text', c => c.notNull())
      .addColumn('subject', 'text', c => c.notNull())
      .addColumn('state', 'text', c => c.notNull())
      .addColumn('tries', 'integer', c => c.notNull())
      .addColumn('error', 'text')
      .addColumn('next_try_at', 'bigint')
      .addPrimaryKeyConstraint('report_pk', ['run', 'reporter']),
    schema.createIndex('report_subject').on('report').columns(['subject', 'run']),
    schema
      .createTable('outbox')
      .addColumn('seq', seq, c => c.primaryKey())
      .addColumn('key', 'text', c => c.notNull().unique())
      .addColumn('kind', 'text', c => c.notNull())
      .addColumn('version', 'bigint', c => c.notNull())
      .addColumn('due_at', 'bigint', c => c.notNull())
      .addColumn('taken', 'integer', c => c.notNull())
      .addColumn('tries', 'integer', c => c.notNull())
      .addColumn('data', 'text', c => c.notNull()),
    schema.createIndex('outbox_due').on('outbox').columns(['kind', 'due_at', 'seq']),
    schema
      .createTable('feed')
      .addColumn('id', seq, c => c.primaryKey())
      .addColumn('at', 'bigint', c => c.notNull())
      .addColumn('item', 'text', c => c.notNull()),
    schema
      .createTable('refusal')
      .addColumn('seq', seq, c => c.primaryKey())
      .addColumn('data', 'text', c => c.notNull()),
    schema
      .createTable('position')
      .addColumn('source', 'text', c => c.primaryKey())
      .addColumn('position', 'text', c => c.notNull()),
    schema
      .createTable('token')
      .addColumn('name', 'text', c => c.primaryKey())
      .addColumn('hash', 'text', c => c.notNull().unique())
      .addColumn('created_at', 'bigint', c => c.notNull())
      .addColumn('last_used_at', 'bigint'),
  ],
};
