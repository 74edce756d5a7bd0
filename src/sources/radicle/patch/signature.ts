import { createPublicKey, verify } from 'node:crypto';
import { didOfKey } from '../../../lib/did-key.ts';

const magic = 'SSHSIG';
const algorithm = 'ssh-ed25519';

/**
 * Who has signed a change: the DID of the key in the SSH signature block, or null when it does not prove anything.
 * What is signed are the bytes of the tree's id, without the envelope that ssh itself would put around them.
 */
export function signerOf(block: string, tree: string): string | null {
  const body = /-----BEGIN SSH SIGNATURE-----([\sA-Za-z0-9+/=]+)-----END SSH SIGNATURE-----/.exec(block)?.[1];
  if (body === undefined) return null;
  const bytes = Buffer.from(body, 'base64');
  if (bytes.toString('latin1', 0, magic.length) !== magic) return null;
  const [keyField, , , , signatureField] = strings(bytes.subarray(magic.length + 4));
  const key = raw(keyField, 32);
  const signature = raw(signatureField, 64);
  if (key === null || signature === null) return null;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') };
  try {
    const isGood = verify(
      null,
      Buffer.from(tree, 'hex'),
      createPublicKey({ key: jwk, format: 'jwk' }),
      signature,
    );
    return isGood ? didOfKey(key) : null;
  } catch {
    return null; // no point of the curve: no key
  }
}

/** What is in a field that names its algorithm first. */
function raw(field: Buffer | undefined, length: number): Buffer | null {
  const [name, value] = strings(field ?? Buffer.alloc(0));
  return name?.toString() === algorithm && value?.length === length ? value : null;
}

/** Strings as ssh writes them: each with its length before. */
function strings(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) break;
    found.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}
