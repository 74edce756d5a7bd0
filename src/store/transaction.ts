import type { Prepared, SqlValues } from './prepared.ts';

/**
 * An open transaction, all that operations know of a database. They must not wait for anything but it: no network, no
 * timers.
 */
export interface Transaction {
  /** Milliseconds since 1970, when the transaction began. */
  readonly now: number;
  all<Values extends SqlValues, Row>(query: Prepared<Values, Row>, values: Values): Promise<readonly Row[]>;
  /** How many rows were changed. */
  run<Values extends SqlValues>(query: Prepared<Values, unknown>, values: Values): Promise<number>;
  /**
   * The same where nobody asks how many: nobody waits for a database that is far away. It is done before all that follows,
   * and the transaction fails when it does.
   */
  write<Values extends SqlValues>(query: Prepared<Values, unknown>, values: Values): void;
}

/** The first row of the answer, or undefined. */
export async function first<Values extends SqlValues, Row>(
  tx: Transaction,
  query: Prepared<Values, Row>,
  values: Values,
): Promise<Row | undefined> {
  const [row] = await tx.all(query, values);
  return row;
}
