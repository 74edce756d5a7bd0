import type { Delivery } from '../../domain/delivery.ts';
import type { HookRequest } from './request/request.ts';
import { isSecretName } from './rule/label.ts';

/** The source of all requests to hooks. */
export const hooksName = 'hooks';

/**
 * What is kept of a request: the bytes, and every header but those that would still work for whoever reads them later.
 * `target` is path and query as sent.
 */
export function hookDelivery(target: string, request: HookRequest): Omit<Delivery, 'id'> {
  return {
    source: hooksName,
    receivedAt: request.receivedAt,
    peer: request.peer?.address ?? '',
    method: request.method,
    path: concealQuery(target),
    headers: request.headers.map(([name, value]) => [
      name.toLowerCase(),
      isSecretName(name) && !/signature/i.test(name) ? concealed : value,
    ]),
    body: request.body,
  };
}

const concealed = '***';

/** `?token=…` is a password in an address. */
function concealQuery(target: string): string {
  const [path = '', ...rest] = target.split('?');
  if (rest.length === 0) return target;
  const pairs = rest
    .join('?')
    .split('&')
    .map(pair => {
      const [name = ''] = pair.split('=', 1);
      return isSecretName(name) && name.length < pair.length ? `${name}=${concealed}` : pair;
    });
  return `${path}?${pairs.join('&')}`;
}
