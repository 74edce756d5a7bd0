import { SignalboxError } from '../../domain/errors.ts';

/** SQLite's primary result codes, the lowest byte of `errcode`. */
const busy = [5, 6];
const damaged = [11, 26];
const diskTrouble = [8, 10, 13, 14];

/** Converts what `node:sqlite` throws about the database in `directory`. */
export function sqliteError(error: unknown, directory: string): SignalboxError {
  const code = resultCode(error);
  if (code === undefined) return SignalboxError.from(error);
  const said = error instanceof Error ? error.message : String(error);
  if (diskTrouble.includes(code))
    return new SignalboxError(
      'unavailable',
      `the database in ${directory} cannot be written (${said}): check the disk's free space and the directory's permissions`,
      { cause: error },
    );
  if (busy.includes(code))
    return new SignalboxError(
      'unavailable',
      `the database in ${directory} is locked by another program: end that program`,
      { cause: error },
    );
  if (damaged.includes(code))
    return new SignalboxError(
      'corrupt',
      `the database in ${directory} is damaged (${said}): restore it from a backup`,
      { cause: error },
    );
  return SignalboxError.from(error);
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}
