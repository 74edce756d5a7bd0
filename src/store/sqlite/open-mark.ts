import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file beside the database while that is open. Where it is still there at the next start, whoever had the database
 * died, and left the log of changes.
 */
export const openMark = 'signalbox.sqlite-open';

/** To be called when the log of changes is there. */
export const markOpen = (directory: string): void => writeFileSync(join(directory, openMark), '');

/** To be called before the log of changes may go. */
export const unmarkOpen = (directory: string): void => rmSync(join(directory, openMark), { force: true });

export const isMarkedOpen = (directory: string): boolean => existsSync(join(directory, openMark));
