import type { Row } from './row.ts';
import { refused } from './rows/refused.ts';
import { stored } from './rows/stored.ts';

/** In the order of the table. */
export const rows: readonly Row[] = [refused, stored];
