import { base58 } from './base58.ts';

/** Multicodec's name for an Ed25519 key. */
const ed25519 = [0xed, 0x01];
const keyBytes = 32;

/** The `did:key:` of an Ed25519 key. */
export function didOfKey(key: Uint8Array): string {
  return `did:key:${base58(Buffer.concat([Buffer.from(ed25519), key]))}`;
}

/** That of a line such as ssh keeps public keys in, which ends with the key's bytes; null when it is none. */
export function didOfSshKey(line: string): string | null {
  const [kind, text = ''] = line.split(' ');
  const bytes = Buffer.from(text, 'base64');
  return kind === 'ssh-ed25519' && bytes.length > keyBytes ? didOfKey(bytes.subarray(-keyBytes)) : null;
}
