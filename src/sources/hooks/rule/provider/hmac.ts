import { createHmac } from 'node:crypto';
import { placeOf, sameBytes } from '../same-bytes.ts';
import { tail } from '../signature.ts';
import { type Claim, headerOf, noClaim, type Provider, plainKey, type Sent } from './provider.ts';

/** Whether one of some signatures is the HMAC-SHA256 of a text in front, one character per byte, and the body. */
export function comparesHmac(
  signatures: readonly Buffer[],
  front: string,
  { signed }: Pick<Sent, 'signed'>,
): Extract<Claim, { result: 'claim' }>['compare'] {
  const received = signatures.slice(0, 3).map(each => tail(each.toString('hex')));
  return key => {
    const computed = createHmac('sha256', key).update(front, 'latin1').update(signed).digest();
    return {
      fits: placeOf(signatures, each => sameBytes(each, computed)) !== null,
      told: ` of ${signed.byteLength} bytes: received ${received.join(', ')}, computed ${tail(computed.toString('hex'))}`,
    };
  };
}

/** A provider that signs the body and nothing else. */
export function signsBody(
  name: string,
  { header, form, like }: { readonly header: string; readonly form: RegExp; readonly like: string },
): Provider {
  return {
    name,
    secret: 'the secret of the webhook',
    key: plainKey,
    claim(request) {
      const signature = headerOf(request, header);
      if (signature === undefined) return noClaim(`header "${header}" is missing: give the webhook a secret`);
      const hex = form.exec(signature)?.[1];
      if (hex === undefined) return noClaim(`header "${header}" is not ${like}`);
      return {
        result: 'claim',
        header,
        is: 'the HMAC-SHA256 of the body',
        compare: comparesHmac([Buffer.from(hex, 'hex')], '', request),
        signedAt: null,
      };
    },
  };
}
