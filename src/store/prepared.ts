import type { Compilable, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** What a column can hold. */
type SqlValue = string | number | null | Uint8Array;
export type SqlValues = Readonly<Record<string, SqlValue>>;

/** A query that is built once per database and then runs as a prepared statement with the values of each call. */
export interface Prepared<Values extends SqlValues, Row> {
  readonly build: (db: Kysely<Schema>, parameters: Values) => Compilable<Row>;
}

/** While the query is built, `parameters` holds placeholders: use them as values, and never look at them. */
export function prepared<Values extends SqlValues, Row>(
  build: (db: Kysely<Schema>, parameters: Values) => Compilable<Row>,
): Prepared<Values, Row> {
  return { build };
}

/** SQL in a database's own dialect, and its values in the order in which the SQL wants them. */
export interface CompiledSql<Values> {
  readonly sql: string;
  bind(values: Values): SqlValue[];
}

class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Builds the query; `db` decides the dialect. */
export function compile<Values extends SqlValues>(
  db: Kysely<Schema>,
  query: Prepared<Values, unknown>,
): CompiledSql<Values> {
  const placeholders = new Proxy<Values>(Object.create(null), {
    get: (_, name) => new Placeholder(String(name)),
  });
  const { sql, parameters } = query.build(db, placeholders).compile();
  const order = parameters.map(parameter =>
    parameter instanceof Placeholder ? (values: Values) => values[parameter.name] : () => parameter,
  );
  return { sql, bind: values => order.map(pick => toSqlValue(pick(values))) };
}

function toSqlValue(value: unknown): SqlValue {
  if (typeof value === 'string' || typeof value === 'number' || value === null) return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`a column cannot hold a value of type ${typeof value}`);
}
