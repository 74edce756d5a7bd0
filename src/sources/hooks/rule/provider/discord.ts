import { createPublicKey, verify } from 'node:crypto';
import { headerOf, noClaim, type Provider } from './provider.ts';

const header = 'X-Signature-Ed25519';
const timeHeader = 'X-Signature-Timestamp';

/** Discord signs the time and the body with a key of which everybody may know the public half. */
export const discord: Provider = {
  name: 'Discord',
  secret: 'the public key of the application, 64 hexadecimal digits',
  key: secret => (/^[0-9a-f]{64}$/i.test(secret) ? Buffer.from(secret, 'hex') : null),
  claim(request) {
    const signature = headerOf(request, header);
    const time = headerOf(request, timeHeader);
    if (signature === undefined) return noClaim(`header "${header}" is missing`);
    if (!time) return noClaim(`header "${timeHeader}" is missing`);
    if (!/^[0-9a-f]{128}$/i.test(signature))
      return noClaim(`header "${header}" is not 128 hexadecimal digits`);
    const signed = Buffer.concat([Buffer.from(time, 'latin1'), request.signed]);
    return {
      result: 'claim',
      header,
      is: 'the Ed25519 signature of time and body',
      compare: key => ({
        fits: verify(null, signed, publicKey(key), Buffer.from(signature, 'hex')),
        told: ` of ${request.signed.byteLength} bytes`,
      }),
      // Discord promises nothing about it.
      signedAt: null,
    };
  },
};

const publicKey = (raw: Buffer) =>
  createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') } });
