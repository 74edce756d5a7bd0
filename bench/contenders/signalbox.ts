import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secret } from '../payload.ts';
import { type Service, startService } from '../process.ts';
import { until } from '../until.ts';

/** A real `signalbox serve`, with a data directory of its own on free ports. */
export interface Signalbox extends Service {
  readonly publicUrl: string;
  readonly adminUrl: string;
  /** What its admin door wants to see. */
  readonly authorization: Readonly<Record<string, string>>;
  readonly dataDirectory: string;
  /** A call of the admin API; throws when the answer is not 2xx. */
  api<Answer>(path: string, body?: object): Promise<Answer>;
  /** How many of a rule's runs have ended well. */
  succeeded(rule: string): Promise<number>;
}

const program = join(import.meta.dirname, '..', '..', 'bin', 'signalbox');

/** Starts it with these rules (and other parts of the configuration). `data` is a directory that an earlier one has left. */
export async function startSignalbox(
  directory: string,
  config: string,
  data: string = mkdtempSync(join(directory, 'signalbox-')),
): Promise<Signalbox> {
  const file = join(data, 'signalbox.yaml');
  const ready = join(data, `ready-${String(performance.now())}.json`);
  writeFileSync(
    file,
    `version: 1\ndata: ./data\nsources: { github: { secret: "\${env:BENCH_SECRET}" } }\n${config}`,
  );
  const doors = ['--host', '127.0.0.1', '--port', '0', '--admin-port', '0', '--ready-file', ready];
  const service = await startService([program, 'serve', '--config', file, ...doors], {
    cwd: data,
    env: { HOME: data, BENCH_SECRET: secret },
    output: join(data, 'log'),
  });
  try {
    await until(() => existsSync(ready), 'signalbox to be ready');
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw new Error(readFileSync(join(data, 'log'), 'utf8'), { cause: error });
  }
  const { public: publicUrl, admin: adminUrl }: { public: string; admin: string } = JSON.parse(
    readFileSync(ready, 'utf8'),
  );
  const token = readFileSync(join(data, 'data', 'admin-token'), 'utf8').trim();
  const authorization = { authorization: `Bearer ${token}` };

  async function call(path: string, body?: object): Promise<string> {
    const response = await fetch(`${adminUrl}${path}`, {
      headers: { ...authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text;
  }

  return {
    ...service,
    publicUrl,
    adminUrl,
    authorization,
    dataDirectory: data,
    api: async (path, body) => JSON.parse(await call(path, body)),
    succeeded: async rule => runsThatSucceeded(await call('/metrics'), rule),
  };
}

/** What metrics say of a rule's runs that have ended well. */
export function runsThatSucceeded(metrics: string, rule: string): number {
  const name = `signalbox_runs_total{rule="${rule}",result="success"} `;
  const line = metrics.split('\n').find(line => line.startsWith(name));
  return Number(line?.slice(name.length) ?? 0);
}

/** How one of its rules is started by hand. */
export function byHand(
  { adminUrl, authorization }: Signalbox,
  rule: string,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  return {
    url: `${adminUrl}/api/rules/${rule}/run`,
    headers: { ...authorization, 'content-type': 'application/json' },
  };
}
