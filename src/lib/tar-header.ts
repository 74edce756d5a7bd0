/** Tar's unit: headers have one block, and contents are filled up to whole ones. */
export const blockBytes = 512;

/** What is known of a file in an archive. */
export interface TarHeader {
  /** At most 100 bytes of ASCII. */
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How much is filled up after this many bytes. */
export const fillAfter = (size: number): number => (blockBytes - (size % blockBytes)) % blockBytes;

/** A header in the POSIX form (ustar), which every tar reads; the file is its owner's alone. */
export function writeTarHeader({ name, size, at }: TarHeader): Buffer {
  if (name.length > 100) throw new RangeError(`${name} is too long a name for a tar archive`);
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, 'ascii');
  block.write('0000600\0', 100, 'ascii');
  block.write('0000000\0', 108, 'ascii');
  block.write('0000000\0', 116, 'ascii');
  writeNumber(block, 124, size);
  writeNumber(block, 136, Math.floor(at / 1000));
  block.write('0', 156, 'ascii'); // a plain file
  block.write('ustar\x0000', 257, 'latin1');
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return block;
}

/** Undefined when the block is no header of a plain file. */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  const sum = Number.parseInt(text(block, 148, 8), 8);
  if (block.length !== blockBytes || sum !== checksumOf(block) || block[156] !== 0x30) return undefined;
  return { name: text(block, 0, 100), size: readNumber(block, 124), at: readNumber(block, 136) * 1000 };
}

/** Eleven octal digits; where they do not suffice (8 GiB), 95 bits behind a mark. */
function writeNumber(block: Buffer, position: number, value: number): void {
  if (value < 8 ** 11) {
    block.write(`${value.toString(8).padStart(11, '0')}\0`, position, 'ascii');
    return;
  }
  block[position] = 0x80;
  block.writeBigUInt64BE(BigInt(value), position + 4);
}

function readNumber(block: Buffer, position: number): number {
  if (block[position] === 0x80) return Number(block.readBigUInt64BE(position + 4));
  return Number.parseInt(text(block, position, 12), 8);
}

/** The sum of all bytes, those of the sum itself counted as spaces. */
function checksumOf(block: Buffer): number {
  let sum = 0;
  for (const [position, byte] of block.entries()) sum += position >= 148 && position < 156 ? 0x20 : byte;
  return sum;
}

/** A text that ends at its zero, or where the field does. */
function text(block: Buffer, position: number, length: number): string {
  const field = block.toString('latin1', position, position + length);
  return field.split('\0', 1).join('');
}
