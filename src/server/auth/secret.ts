import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits of chance: nobody guesses it, so a plain hash is enough to store. */
const secretBytes = 32;

/** A new secret, fit for URLs, cookies and headers. */
export function newSecret(): string {
  return randomBytes(secretBytes).toString('base64url');
}

/** A new API token; the prefix lets secret scanners recognise a leaked one. */
export function newToken(): string {
  return `sbx_${newSecret()}`;
}

/** What is kept of a secret: SHA-256, hex. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares two hashes in a time that does not tell where they differ. */
export function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
