import { comparesHmac } from './hmac.ts';
import { headerOf, noClaim, type Provider, plainKey, secondsIn } from './provider.ts';

const header = 'X-Slack-Signature';
const timeHeader = 'X-Slack-Request-Timestamp';

/** Slack signs its version, the time and the body. */
export const slack: Provider = {
  name: 'Slack',
  secret: 'the signing secret of the app',
  key: plainKey,
  claim(request) {
    const signature = headerOf(request, header);
    const time = headerOf(request, timeHeader);
    const seconds = secondsIn(time);
    if (signature === undefined) return noClaim(`header "${header}" is missing`);
    if (seconds === null) return noClaim(`header "${timeHeader}" is missing, or no time`);
    const hex = /^v0=([0-9a-f]{64})$/i.exec(signature)?.[1];
    if (hex === undefined) return noClaim(`header "${header}" is not "v0=" and 64 hexadecimal digits`);
    return {
      result: 'claim',
      header,
      is: 'the HMAC-SHA256 of version, time and body',
      compare: comparesHmac([Buffer.from(hex, 'hex')], `v0:${time}:`, request),
      signedAt: { header: timeHeader, seconds },
    };
  },
};
