import type { Migration } from '../migration.ts';
import { first } from './0001-first.ts';

/** Every step, in order. */
export const migrations: readonly Migration[] = [first];
