import { DatabaseSync } from 'node:sqlite';

/** A row as radicle-ci-broker writes it: what a test does not say is a run of a branch that has succeeded. */
export function brokerRow(
  id: string,
  changes: Readonly<Record<string, unknown>> = {},
): readonly [string, string] {
  const run = {
    broker_run_id: { id },
    adapter_run_id: { id: `adapter-${id}` },
    adapter_info_url: `https://ci.example.org/${id}/log.html`,
    repo_id: 'rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5',
    repo_name: 'heartwood',
    timestamp: '2024-11-05 12:34:56Z',
    whence: {
      Branch: { name: 'main', commit: 'a'.repeat(40), who: 'did:key:z6MkDemo (liw)' },
    },
    state: 'finished',
    result: 'success',
    ...changes,
  };
  return [id, JSON.stringify(run)];
}

/** Makes a database of a radicle-ci-broker. */
export function writeBrokerDatabase(file: string, rows: readonly (readonly [string, string])[]): void {
  using database = new DatabaseSync(file);
  database.exec(`
    create table if not exists counter_test (counter int);
    create table if not exists event_queue (id text primary key, timestamp text, event text);
    create table if not exists ci_event_queue (id text primary key, timestamp text, event text);
    create table if not exists ci_runs (broker_run_id text primary key, json text);
  `);
  const insert = database.prepare('insert or replace into ci_runs values (?, ?)');
  for (const row of rows) insert.run(...row);
}
