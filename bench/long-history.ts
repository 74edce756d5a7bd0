import { DatabaseSync } from 'node:sqlite';

/** Apart so far, a million events are eleven days: none is old enough to be forgotten. */
const apartMs = 1000;

/**
 * Gives a data directory a long history, quickly: its only event and run are copied as often as wanted, under ids that
 * sort before theirs. Bodies are left out: a million would take 8 GB. Nobody else may have the database open.
 */
export function copyHistory(file: string, times: number): void {
  using database = new DatabaseSync(file);
  const { event, run } = database.prepare('SELECT id AS run, event FROM run').get() ?? {};
  if (typeof event !== 'string' || typeof run !== 'string') throw new Error(`${file} holds no run`);
  const eventIds = `replace(X, '${event}', printf('evt_%026d', n))`;
  const bothIds = eventIds.replace('X', `replace(X, '${run}', printf('run_%026d', n))`);
  const at = `${Date.now()} - (${times} - n) * ${apartMs}`;
  // Speed before safety, for this one connection.
  database.exec(`
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -500000;
    CREATE TEMP TABLE number AS
      WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${times})
      SELECT n FROM counted;
    BEGIN;
    INSERT INTO delivery
      SELECT printf('dlv_%026d', n), source, ${at}, peer, method, path, headers, x'', authentication
      FROM number, (SELECT * FROM delivery LIMIT 1);
    INSERT INTO event
      SELECT printf('evt_%026d', n), source, type, repo, printf('dlv_%026d', n), ${at},
        ${eventIds.replace('X', 'data')}, verdicts, explanations
      FROM number, (SELECT * FROM event LIMIT 1);
    INSERT INTO delivery_id
      SELECT source, lower(hex(randomblob(16))), printf('evt_%026d', n), body_hash, ${at}
      FROM number, (SELECT * FROM delivery_id LIMIT 1);
    INSERT INTO run
      SELECT printf('run_%026d', n), printf('evt_%026d', n), rule, pool, group_name, approval_of, state, ${at},
        rerun_of, attempt, version, plan, status
      FROM number, (SELECT * FROM run LIMIT 1);
    INSERT INTO attempt
      SELECT printf('run_%026d', n), attempt, agent, ${at}, ${at}, outcome
      FROM number, (SELECT * FROM attempt LIMIT 1);
    INSERT INTO log_size SELECT printf('run_%026d', n), 0 FROM number;
    INSERT INTO feed (at, item)
      SELECT ${at}, ${bothIds.replace('X', 'item')} FROM number, (SELECT item, id FROM feed ORDER BY id)
      ORDER BY n;
    COMMIT;
    PRAGMA journal_mode = WAL;
  `);
}
