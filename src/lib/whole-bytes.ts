import type { FileHandle } from 'node:fs/promises';

/** Writes all bytes at a place in a file. A file may take fewer at a time than it is given: the rest is given to it again. */
export async function writeWhole(
  file: Pick<FileHandle, 'write'>,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** Fills the buffer from a place in a file, in as many reads as it takes; false when the file ends before. */
export async function readWhole(
  file: Pick<FileHandle, 'read'>,
  buffer: Uint8Array,
  position: number,
): Promise<boolean> {
  for (let done = 0; done < buffer.length; ) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}
