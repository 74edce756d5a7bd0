import { comparesHmac } from './hmac.ts';
import { headerOf, noClaim, type Provider, plainKey, secondsIn } from './provider.ts';

const header = 'Stripe-Signature';

/** Stripe signs the time and the body; while a secret is replaced, with both. */
export const stripe: Provider = {
  name: 'Stripe',
  secret: 'the signing secret of the endpoint, "whsec_…"',
  key: plainKey,
  claim(request) {
    const value = headerOf(request, header);
    if (value === undefined) return noClaim(`header "${header}" is missing`);
    const parts = value.split(',').map(part => part.trim());
    const time = parts.find(part => part.startsWith('t='))?.slice(2);
    const seconds = secondsIn(time);
    const signatures = parts.flatMap(part => /^v1=([0-9a-f]{64})$/i.exec(part)?.[1] ?? []);
    if (seconds === null || signatures.length === 0)
      return noClaim(`header "${header}" is not "t=…,v1=…" with a time and 64 hexadecimal digits`);
    return {
      result: 'claim',
      header,
      is: 'the HMAC-SHA256 of time and body',
      compare: comparesHmac(
        signatures.map(hex => Buffer.from(hex, 'hex')),
        `${time}.`,
        request,
      ),
      signedAt: { header, seconds },
    };
  },
};
