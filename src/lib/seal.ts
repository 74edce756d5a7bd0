import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Of AES-256-GCM. A nonce is drawn for each seal: good for billions of them under one key. */
const algorithm = 'aes-256-gcm';
export const keyBytes: number = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** A text that nobody can read or change without the key, nor use for something else than `purpose`; in base 64. */
export function seal(key: Uint8Array, purpose: string, text: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** The text; throws when it was sealed with another key or for another purpose, or was changed. */
export function unseal(key: Uint8Array, purpose: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const cipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(purpose));
  cipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const text = [cipher.update(bytes.subarray(nonceBytes + tagBytes)), cipher.final()];
  return Buffer.concat(text).toString('utf8');
}
