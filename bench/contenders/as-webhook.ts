import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service, startService } from '../process.ts';
import { until } from '../until.ts';
import { runsThatSucceeded } from './signalbox.ts';
import type { Webhook } from './webhook.ts';

/** `signalbox as webhook` with one hook: the same file as the peer's, at the same kind of address. */
export interface AsWebhook extends Webhook {
  /** How many runs of the hook have ended well. */
  succeeded(): Promise<number>;
}

const program = join(import.meta.dirname, '..', '..', 'bin', 'signalbox');

/** Starts it with a hook of these settings. It prints little, as it does by default. */
export async function startAsWebhook(directory: string, hook: object): Promise<AsWebhook> {
  const home = mkdtempSync(join(directory, 'as-webhook-'));
  const [hooks, ready] = [join(home, 'hooks.json'), join(home, 'ready.json')];
  writeFileSync(hooks, JSON.stringify([{ id: 'bench', 'execute-command': '/bin/true', ...hook }]));
  const places = ['-ip', '127.0.0.1', '-port', '0', '-admin-port', '0', '-data', join(home, 'data')];
  const service: Service = await startService(
    [program, 'as', 'webhook', '-hooks', hooks, '-runs', '8', ...places, '-ready-file', ready],
    { cwd: home, env: { HOME: home }, output: join(home, 'log') },
  );
  try {
    await until(() => existsSync(ready), 'signalbox as webhook to be ready');
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw new Error(readFileSync(join(home, 'log'), 'utf8'), { cause: error });
  }
  const doors: { readonly public: string; readonly admin: string } = JSON.parse(readFileSync(ready, 'utf8'));
  const token = readFileSync(join(home, 'data', 'admin-token'), 'utf8').trim();
  return {
    ...service,
    url: `${doors.public}/hooks/bench`,
    succeeded: async () => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${doors.admin}/metrics`, { headers });
      return runsThatSucceeded(await response.text(), 'bench');
    },
  };
}
