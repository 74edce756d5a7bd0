import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from '../../contracts/executor.ts';
import { type Adapter, secretOf } from '../../domain/adapter.ts';

/** What an adapter finds when it starts. */
export interface Furnished {
  /** Holds the request, one line: an adapter may read that, or to the end, or nothing at all. */
  readonly stdin: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Puts into the attempt's own directory what an adapter reads. Adapters clone from the storage of a node's home: where
 * that is not for them (isolated ones), or has no such repository (another forge's), they get a home with nothing in
 * it but the checkout.
 */
export async function furnish(
  adapter: Adapter,
  { home, directory, env, event, isolation }: ExecutionContext,
  request: { readonly line: string; readonly repository: string },
): Promise<Furnished> {
  const own = join(home, 'adapter');
  await mkdir(own, { mode: 0o700 });
  const stdin = join(own, 'request.json');
  await writeFile(stdin, `${request.line}\n`, { mode: 0o600 });

  const config = join(own, 'config.yaml');
  if (adapter.config !== null)
    // JSON is YAML as well.
    await writeFile(config, `${JSON.stringify(adapter.config.content, null, 2)}\n`, { mode: 0o600 });

  const isAtHome =
    adapter.radicleHome !== null && (event.repo?.url.startsWith('rad:') ?? false) && isolation === 'none';
  const radicleHome = isAtHome ? adapter.radicleHome : join(own, 'radicle');
  if (!isAtHome) {
    const storage = join(own, 'radicle', 'storage');
    await mkdir(storage, { recursive: true, mode: 0o700 });
    await symlink(join(directory, '.git'), join(storage, request.repository.replace(/^rad:/, '')));
  }
  return {
    stdin,
    env: {
      ...withoutSecrets(adapter, env),
      RAD_HOME: radicleHome,
      ...adapter.env,
      ...secretsOf(adapter, env),
      ...(adapter.config === null ? {} : { [adapter.config.variable]: config }),
    },
  };
}

function withoutSecrets(
  { name, secretEnv }: Adapter,
  env: ExecutionContext['env'],
): Readonly<Record<string, string>> {
  const secrets = secretEnv.map(variable => secretOf(name, variable));
  return Object.fromEntries(Object.entries(env).filter(([key]) => !secrets.includes(key)));
}

/** Withheld ones are not among the variables, and stay away. */
function secretsOf(
  { name, secretEnv }: Adapter,
  env: ExecutionContext['env'],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    secretEnv.flatMap(variable => {
      const value = env[secretOf(name, variable)];
      return value === undefined ? [] : [[variable, value]];
    }),
  );
}
