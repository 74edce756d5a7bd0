import { comparesHmac } from './hmac.ts';
import { headerOf, noClaim, type Provider, secondsIn } from './provider.ts';

const header = 'webhook-signature';
const timeHeader = 'webhook-timestamp';

/** The common scheme of https://www.standardwebhooks.com, with a shared secret: id, time and body are signed. */
export const standardWebhooks: Provider = {
  name: 'Standard Webhooks',
  secret: 'base64, "whsec_" in front of it or not',
  key(secret) {
    const base64 = secret.replace(/^whsec_/, '');
    return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(base64) &&
      base64 !== ''
      ? Buffer.from(base64, 'base64')
      : null;
  },
  claim(request) {
    const id = headerOf(request, 'webhook-id');
    const time = headerOf(request, timeHeader);
    const seconds = secondsIn(time);
    if (!id) return noClaim('header "webhook-id" is missing');
    if (seconds === null) return noClaim(`header "${timeHeader}" is missing, or no time`);
    const signatures = (headerOf(request, header) ?? '')
      .split(' ')
      .flatMap(part => /^v1,([A-Za-z0-9+/]{43}=)$/.exec(part)?.[1] ?? []);
    if (signatures.length === 0)
      return noClaim(`header "${header}" is missing, or has no part of the form "v1," and base64`);
    return {
      result: 'claim',
      header,
      is: 'the HMAC-SHA256 of id, time and body',
      compare: comparesHmac(
        signatures.map(base64 => Buffer.from(base64, 'base64')),
        `${id}.${time}.`,
        request,
      ),
      signedAt: { header: timeHeader, seconds },
    };
  },
};
