import { createServer } from 'node:net';
import { z } from 'zod';
import type { Config, Door, LoadedConfig } from '../../config/config.ts';
import { formatProblem } from '../../config/problem.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { type Api, createApi } from '../client.ts';
import type { CliIo } from '../io.ts';
import { dataDirectory, findServer, runningServer, type ServerOptions } from '../server-address.ts';
import { version } from '../version.ts';
import { broken, type Finding, fine, info, warning } from './finding.ts';

export function checkConfig(loaded: LoadedConfig): Finding {
  const mend = 'see all of it with "signalbox config check"';
  switch (loaded.result) {
    case 'loaded': {
      const { file, rules } = loaded.config;
      const [first] = loaded.warnings;
      if (first !== undefined) return warning('config', formatProblem(first), mend);
      if (file === null) return info('config', 'no signalbox.yaml here: the defaults hold');
      return fine('config', `${file}: ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`);
    }
    case 'refused': {
      const [first] = loaded.problems;
      const says = first === undefined ? 'it cannot be used' : formatProblem(first);
      const more = loaded.problems.length > 1 ? ` (and ${loaded.problems.length - 1} more)` : '';
      return broken('config', says + more, mend);
    }
  }
}

const health = z.object({
  ok: z.boolean(),
  version: z.string(),
  store: z.object({ error: z.string().nullable() }),
  transport: z.object({ error: z.string().nullable() }).optional(),
  config: z.object({ error: z.string().nullable() }),
  sources: z.array(
    z.object({
      catchUp: z
        .object({ problems: z.array(z.string()) })
        .nullable()
        .optional(),
    }),
  ),
});

/** How the server is, or, where none runs here and none was named, whether its ports are free. */
export async function checkServer(
  io: CliIo,
  options: ServerOptions,
  config: Config | null,
): Promise<readonly Finding[]> {
  const isNamed = options.url !== undefined || Boolean(io.env['SIGNALBOX_URL']);
  const running = await runningServer(await dataDirectory(io, options.data));
  if (running === null && !isNamed) {
    const ports =
      config === null ? [] : [checkPort('public', config.public), checkPort('admin', config.admin)];
    return [info('server', 'none runs here'), ...(await Promise.all(ports))];
  }
  return [await checkHealth(createApi(io, await findServer(io, options)))];
}

async function checkHealth(api: Api): Promise<Finding> {
  const { admin } = api.server;
  try {
    const { value } = await api.get('/api/health', health);
    if (!value.ok) {
      const why = value.store.error ?? value.transport?.error ?? 'it is not well';
      return broken('server', `${admin}: ${why}`, 'see its log');
    }
    if (value.config.error !== null)
      return warning(
        'server',
        `the last reload was refused: ${value.config.error}`,
        'mend the file and reload',
      );
    const [missed] = value.sources.flatMap(({ catchUp }) => catchUp?.problems ?? []);
    if (missed !== undefined)
      return warning('server', `it cannot catch up: ${missed}`, 'until then only what arrives is seen');
    if (value.version !== version)
      return warning('server', `it is version ${value.version}, this is ${version}`, 'restart it');
    return fine('server', `${admin} is well, version ${value.version}`);
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    return broken('server', error.message, 'see whether it runs, and its log');
  }
}

/** Whether a door could be opened: by opening it. */
async function checkPort(name: string, { host, port }: Door): Promise<Finding> {
  const check = `${name} port`;
  const probe = createServer();
  const error = await new Promise<NodeJS.ErrnoException | null>(resolve => {
    probe.once('error', resolve).listen({ host, port, exclusive: true }, () => resolve(null));
  });
  probe.close();
  if (error === null) return fine(check, `${host}:${port} is free`);
  const why = error.code === 'EADDRINUSE' ? 'another program has it' : error.message;
  return broken(check, `${host}:${port}: ${why}`, `choose another in the configuration`);
}
