import { SignalboxError } from '../../domain/errors.ts';

/** Converts what the file system throws about `file`; errors that are ours already stay as they are. */
export function fileError(cause: unknown, file: string): unknown {
  if (!(cause instanceof Error && 'syscall' in cause)) return cause;
  return new SignalboxError(
    'unavailable',
    `${file} cannot be written (${cause.message}): check the disk's free space and the directory's permissions`,
    { cause },
  );
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
