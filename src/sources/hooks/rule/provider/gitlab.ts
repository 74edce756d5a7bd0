import { createHash } from 'node:crypto';
import { sameBytes } from '../same-bytes.ts';
import { headerOf, noClaim, type Provider, plainKey } from './provider.ts';

const header = 'X-Gitlab-Token';

/** GitLab sends the token itself. */
export const gitlab: Provider = {
  name: 'GitLab',
  secret: 'the secret token of the webhook',
  key: plainKey,
  claim(request) {
    const token = headerOf(request, header);
    if (token === undefined) return noClaim(`header "${header}" is missing: give the webhook a secret token`);
    // Hashes have one length, so that the time tells nothing about the token's.
    const received = sha256(Buffer.from(token, 'latin1'));
    return {
      result: 'claim',
      header,
      is: 'the token',
      compare: key => ({ fits: sameBytes(received, sha256(key)), told: '' }),
      signedAt: null,
    };
  },
};

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
