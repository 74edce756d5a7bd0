import { type Input, type OperationName, type Output, reads, writes } from './operations.ts';
import type { Transaction } from './transaction.ts';

const operations: {
  readonly [Name in OperationName]: (tx: Transaction, input: Input<Name>) => Promise<Output<Name>>;
} = { ...writes, ...reads };

/** Runs an operation by its name. */
export function perform<Name extends OperationName>(
  tx: Transaction,
  name: Name,
  input: Input<Name>,
): Promise<Output<Name>> {
  return operations[name](tx, input);
}

export const isWrite = (name: OperationName): boolean => Object.hasOwn(writes, name);
