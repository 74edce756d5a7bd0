import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { secret } from '../payload.ts';
import { type Service, startService } from '../process.ts';
import { until } from '../until.ts';

/** Debian's `webhook`, with one hook. */
export interface Webhook extends Service {
  /** Where the hook is called. */
  readonly url: string;
}

/** What GitHub's signature proves, in the words of a hooks file. */
export const signed: object = {
  match: {
    type: 'payload-hmac-sha256',
    secret,
    parameter: { source: 'header', name: 'X-Hub-Signature-256' },
  },
};

/** A push to this branch. */
export const pushTo = (branch: string): object => ({
  match: { type: 'value', value: `refs/heads/${branch}`, parameter: { source: 'payload', name: 'ref' } },
});

/** What somebody sends who starts things by hand. */
export const byHandHeaders: Readonly<Record<string, string>> = {
  authorization: 'Bearer the token of the caller',
  'content-type': 'application/json',
};

/** A call that shows the token in them. */
export const startedByHand: object = {
  match: {
    type: 'value',
    value: byHandHeaders['authorization'],
    parameter: { source: 'header', name: 'Authorization' },
  },
};

/** Starts it with a hook of these settings. It prints little, as it does by default. */
export async function startWebhook(directory: string, hook: object): Promise<Webhook> {
  const home = mkdtempSync(join(directory, 'webhook-'));
  const hooks = join(home, 'hooks.json');
  writeFileSync(hooks, JSON.stringify([{ id: 'bench', 'execute-command': '/bin/true', ...hook }]));
  const port = await freePort();
  const service = await startService(
    ['webhook', '-hooks', hooks, '-ip', '127.0.0.1', '-port', String(port)],
    { cwd: home, env: { HOME: home }, output: join(home, 'log') },
  );
  const url = `http://127.0.0.1:${port}`;
  try {
    await until(() => answers(url), 'webhook to be ready');
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
  return { ...service, url: `${url}/hooks/bench` };
}

/** It cannot choose a port by itself. */
async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') server.close(() => resolve(address.port));
    else reject(new Error('there is no free port'));
  });
  return promise;
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    // Not yet.
    return false;
  }
}
