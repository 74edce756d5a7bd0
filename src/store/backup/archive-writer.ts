import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { blockBytes, fillAfter, writeTarHeader } from '../../lib/tar-header.ts';
import { endBlocks, pieceBytes } from './archive.ts';

/** An archive that is being written. */
export interface ArchiveWriter extends AsyncDisposable {
  /** How many bytes it has so far. */
  readonly bytes: number;
  /** Adds the first `size` bytes of a file; where it has become shorter meanwhile, zeros stand for the rest. */
  addFile(name: string, from: FileHandle, size: number): Promise<void>;
  add(name: string, content: Uint8Array): Promise<void>;
  /** SHA-256 of all that was written so far, hex. */
  hash(): string;
  /** Ends it; when this resolves it is on disk. */
  finish(): Promise<void>;
}

/** Makes a file for nobody but its owner, and begins an archive in it. */
export async function createArchive(file: string, at: number): Promise<ArchiveWriter> {
  await using opened = new AsyncDisposableStack();
  const to = opened.use(await open(file, 'wx', 0o600));
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(pieceBytes);
  let bytes = 0;

  async function write(content: Uint8Array): Promise<void> {
    hash.update(content);
    for (let done = 0; done < content.length; )
      done += (await to.write(content, done, content.length - done)).bytesWritten;
    bytes += content.length;
  }

  const begin = (name: string, size: number) => write(writeTarHeader({ name, size, at }));
  const fill = (size: number) => write(Buffer.alloc(fillAfter(size)));

  const keep = opened.move();
  return {
    get bytes() {
      return bytes;
    },
    async addFile(name, from, size) {
      await begin(name, size);
      for (let done = 0; done < size; ) {
        const wanted = Math.min(piece.length, size - done);
        const { bytesRead } = await from.read(piece, 0, wanted, done);
        if (bytesRead === 0) piece.fill(0);
        const length = bytesRead === 0 ? wanted : bytesRead;
        await write(piece.subarray(0, length));
        done += length;
      }
      await fill(size);
    },
    async add(name, content) {
      await begin(name, content.length);
      await write(content);
      await fill(content.length);
    },
    hash: () => hash.copy().digest('hex'),
    async finish() {
      await write(Buffer.alloc(endBlocks * blockBytes));
      await to.sync();
    },
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}
