import type { Migration } from '../migration.ts';

/** When the outside heard of a run. */
export const reportTimes: Migration = {
  version: 9,
  name: 'report-times',
  up: schema => [schema.alterTable('report').addColumn('sent_at', 'bigint')],
};
