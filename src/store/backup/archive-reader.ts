import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { SignalboxError } from '../../domain/errors.ts';
import { blockBytes, fillAfter, readTarHeader } from '../../lib/tar-header.ts';
import { pieceBytes } from './archive.ts';

/** A file in an archive. */
export interface ArchivedFile {
  readonly name: string;
  readonly size: number;
  /** SHA-256 of everything before it in the archive, hex. */
  readonly hashBefore: string;
  /** Its content; read whole before the next file is asked for. The pieces are good until the next one. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Reads an archive from its beginning. Throws `corrupt` where it is none, or is cut off. */
export async function* readArchive(from: FileHandle, file: string): AsyncGenerator<ArchivedFile> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(pieceBytes);
  let position = 0;

  async function read(length: number): Promise<Buffer> {
    let done = 0;
    while (done < length) {
      const { bytesRead } = await from.read(piece, done, length - done, position);
      if (bytesRead === 0) throw damaged(file, 'it is cut off');
      done += bytesRead;
      position += bytesRead;
    }
    const whole = piece.subarray(0, length);
    hash.update(whole);
    return whole;
  }

  async function* content(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0; left -= Math.min(left, piece.length))
      yield await read(Math.min(left, piece.length));
    await read(fillAfter(size));
  }

  for (;;) {
    const hashBefore = hash.copy().digest('hex');
    const block = await read(blockBytes);
    if (block.every(byte => byte === 0)) return;
    const header = readTarHeader(block);
    if (header === undefined || !Number.isSafeInteger(header.size) || header.size < 0)
      throw damaged(file, 'it is no backup, or was changed');
    yield { name: header.name, size: header.size, hashBefore, content: content(header.size) };
  }
}

export const damaged = (file: string, why: string): SignalboxError =>
  new SignalboxError('corrupt', `${file} cannot be restored: ${why}; take another backup`);
