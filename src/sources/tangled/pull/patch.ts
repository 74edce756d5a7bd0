import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { SignalboxError } from '../../../domain/errors.ts';

/** What a round of a pull request may have, packed and unpacked. */
export const mostPackedBytes: number = 16 * 1024 * 1024;
const mostBytes = 64 * 1024 * 1024;

/**
 * The commit that a round proposes: its last patch says so in the line that begins it. Throws `invalid` where the blob is
 * not what its id says, or no such patch.
 */
export async function proposedCommit(
  cid: string,
  { type, bytes }: { readonly type: string; readonly bytes: Buffer },
): Promise<string> {
  if (type !== 'application/gzip')
    throw invalid(`it is of the type ${type || '(none)'}, not application/gzip`);
  if (cidOf(bytes) !== cid) throw invalid('its bytes are not those that its id stands for');
  const patch = await promisify(gunzip)(bytes, { maxOutputLength: mostBytes }).catch((cause: unknown) => {
    throw invalid(`it cannot be unpacked: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  const lines = patch.toString('latin1').matchAll(/^From ([0-9a-f]{40}) Mon Sep 17 00:00:00 2001$/gm);
  const last = [...lines].at(-1)?.[1];
  if (last === undefined) throw invalid('it has no patch as git makes them');
  return last;
}

/** The id of such bytes: CID version 1, raw, SHA-256, in base 32. */
export function cidOf(bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest();
  const binary = Buffer.concat([Buffer.from([0x01, 0x55, 0x12, 0x20]), digest]);
  const digits = 'abcdefghijklmnopqrstuvwxyz234567';
  let bits = '';
  for (const byte of binary) bits += byte.toString(2).padStart(8, '0');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return `b${groups.map(group => digits[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')}`;
}

const invalid = (why: string): SignalboxError =>
  new SignalboxError('invalid', `the patch is refused: ${why}`);
