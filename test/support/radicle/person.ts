import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { didOfKey } from '../../../src/lib/did-key.ts';
import { nodeIdOf } from '../../../src/sources/radicle/people.ts';

/** Somebody with a key of their own: a node id, and signatures. */
export interface Person {
  readonly alias: string;
  readonly nid: string;
  readonly did: string;
  /** The bare Ed25519 signature of some bytes. */
  sign(bytes: string | Uint8Array): Buffer;
  /** The SSH signature block over the id of a tree, as Radicle makes it. */
  signatureOf(tree: string): string;
}

/** The same one each time for the same alias. */
export function createPerson(alias: string): Person {
  const seed = Buffer.alloc(32, alias);
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const did = didOfKey(raw);
  const text = (value: Buffer | string): Buffer => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const tagged = (value: Buffer): Buffer => text(Buffer.concat([text('ssh-ed25519'), text(value)]));
  return {
    alias,
    did,
    nid: nodeIdOf(did),
    sign: bytes => sign(null, Buffer.from(bytes), key),
    signatureOf: tree => {
      const signature = sign(null, Buffer.from(tree, 'hex'), key);
      const blob = Buffer.concat([
        Buffer.from('SSHSIG'),
        Buffer.from([0, 0, 0, 1]),
        tagged(raw),
        text('radicle'),
        text(''),
        text('sha512'),
        tagged(signature),
      ]);
      const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
      return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----'].join('\n');
    },
  };
}
