import { SignalboxError } from '../../domain/errors.ts';

/** SQLite's primary result codes, the lowest byte of `errcode`. */
const busy = [5, 6];
const damaged = [11, 26];

/** What to do where nothing can be written, by SQLite's result code or the system's. */
const mends: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ...[13, 'ENOSPC', 'EDQUOT'].map(code => [code, 'make room on its disk'] as const),
  ...[10, 'EIO'].map(code => [code, "check the disk: its free space, and the system's log"] as const),
  ...[8, 14, 'EROFS', 'EACCES', 'EPERM'].map(
    code => [code, 'let this user write there, on a file system that is not mounted read-only'] as const,
  ),
]);

/** Converts what `node:sqlite`, or the file system, throws about the database in `directory`. */
export function sqliteError(error: unknown, directory: string): SignalboxError {
  const code = resultCode(error) ?? systemCode(error);
  if (code === undefined) return SignalboxError.from(error);
  const said = error instanceof Error ? error.message : String(error);
  const mend = mends.get(code);
  if (mend !== undefined)
    return new SignalboxError(
      'unavailable',
      `the database in ${directory} cannot be written (${said}): ${mend}`,
      { cause: error },
    );
  if (isBusy(error))
    return new SignalboxError(
      'unavailable',
      `the database in ${directory} is locked by another program: end that program`,
      { cause: error },
    );
  if (isDamaged(error)) return damagedDatabase(directory, said, error);
  return SignalboxError.from(error);
}

export const damagedDatabase = (directory: string, said: string, cause: unknown): SignalboxError =>
  new SignalboxError(
    'corrupt',
    `the database in ${directory} is damaged (${said}): move the directory away, and put a backup in its place with signalbox restore`,
    { cause },
  );

const isBusy = (error: unknown): boolean => busy.includes(resultCode(error) ?? 0);

const isDamaged = (error: unknown): boolean => damaged.includes(resultCode(error) ?? 0);

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}

const systemCode = (error: unknown): unknown =>
  error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined;
