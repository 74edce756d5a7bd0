import { SignalboxError } from '../../domain/errors.ts';
import type { NewUser } from './add.ts';

const withinMs = 30_000;

/** Makes the user by RabbitMQ's management API, at `http://admin:password@host:15672`. */
export async function addByApi(written: string, user: NewUser): Promise<void> {
  if (!URL.canParse(written))
    throw new SignalboxError('invalid', '--api: write an address such as http://admin:password@rabbit:15672');
  const url = new URL(written);
  const login = [url.username, url.password].map(decodeURIComponent).join(':');
  const { name, password, virtualHost, rights, topicExchange } = user;
  const { configure, write, read, topicWrite } = rights;
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}/api`;
  const [who, where] = [name, virtualHost].map(encodeURIComponent);
  const call = async (method: string, path: string, body?: object) => {
    try {
      return await fetch(`${base}/${path}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(login).toString('base64')}`,
          'content-type': 'application/json',
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(withinMs),
      });
    } catch (cause) {
      throw new SignalboxError('unavailable', `RabbitMQ's management API at ${url.origin} does not answer`, {
        cause,
      });
    }
  };
  const put = async (path: string, body: object) => {
    const { ok, status } = await call('PUT', path, body);
    if (ok) return;
    if (status === 401 || status === 403)
      throw new SignalboxError(
        'forbidden',
        `${url.origin} answers ${status}: --api needs an administrator of RabbitMQ`,
      );
    throw new SignalboxError(
      'unavailable',
      `RabbitMQ's management API at ${url.origin} answers ${status} to ${path}`,
    );
  };
  // `PUT` would give an existing user a new password.
  if ((await call('GET', `users/${who}`)).ok)
    throw new SignalboxError(
      'conflict',
      `RabbitMQ has a user ${name} already: choose another name for the agent`,
    );
  await put(`users/${who}`, { password, tags: '' });
  await put(`permissions/${where}/${who}`, { configure, write, read });
  await put(`topic-permissions/${where}/${who}`, { exchange: topicExchange, write: topicWrite, read: '^$' });
}
