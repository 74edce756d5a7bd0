import { createHmac } from 'node:crypto';
import type { ReadRequest } from '../request/request.ts';
import { answered, failed, type Judgement } from './judgement.ts';
import { placeOf, sameBytes } from './same-bytes.ts';
import { tail } from './signature.ts';

/** How far a sender's clock may be off, either way. */
const toleranceMs = 300_000;

/** Scalr's scheme: the HMAC-SHA1 of the body followed by the Date header, which must be recent. */
export function judgeScalr(
  secrets: readonly string[],
  { headers, signed, receivedAt }: Pick<ReadRequest, 'headers' | 'signed' | 'receivedAt'>,
): Judgement {
  const signature = headers.get('X-Signature');
  const date = headers.get('Date');
  if (typeof signature !== 'string') return answered(false, 'header "X-Signature" is missing');
  if (typeof date !== 'string') return answered(false, 'header "Date" is missing');
  if (secrets.includes('')) return failed('other', 'the secret is empty, so no signature can be checked');
  const computed = secrets.map(secret =>
    createHmac('sha1', secret).update(signed).update(date).digest('hex'),
  );
  const place = placeOf(computed, each => sameBytes(Buffer.from(signature), Buffer.from(each)));
  if (place === null)
    return failed(
      'signature',
      `header "X-Signature" is not the HMAC-SHA1 of body and date: received ${tail(signature)}, computed ${computed.map(tail).join(', ')}`,
      tail(signature),
    );
  const at = readDate(date);
  if (at === null)
    return failed('other', `the date "${date}" is not of the form "Fri 08 Sep 2017 11:24:32 UTC"`, date);
  const offMs = Math.abs(receivedAt - at);
  return offMs > toleranceMs
    ? failed('signature', `the date is ${Math.round(offMs / 1000)} s off; at most 300 s are`, date)
    : answered(true, 'header "X-Signature" is the HMAC-SHA1 of body and date', tail(signature));
}

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const form =
  /^([a-z]{3}) +(\d\d) +([a-z]{3}) +(\d{4}) +(\d{1,2}):(\d\d):(\d\d)(?:[.,]\d+)? +(UTC|GMT[+-]\d{1,2}|[A-Z]{3,4})$/i;

/** Milliseconds since 1970. An abbreviation of a zone that is not UTC is read as UTC, as the original does. */
function readDate(text: string): number | null {
  const found = form.exec(text);
  if (found === null) return null;
  const [
    ,
    weekday = '',
    day = '',
    monthName = '',
    year = '',
    hour = '',
    minute = '',
    second = '',
    zone = '',
  ] = found;
  const month = months.indexOf(monthName.toLowerCase());
  if (!days.includes(weekday.toLowerCase()) || month === -1 || zone !== zone.toUpperCase()) return null;
  const at = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  const isReal = new Date(at).getUTCDate() === Number(day);
  if (!isReal || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  return at - Number(/^GMT([+-]\d+)$/.exec(zone)?.[1] ?? 0) * 3_600_000;
}
