import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Plane, Store } from '../contracts/store.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';

/** The store, and who this process is to those that share it. */
export interface OpenedStore {
  readonly store: Store;
  /** The agent inside this server. No other one that uses the store has its name. */
  readonly agent: string;
  /** Null: nobody shares it. */
  readonly plane: Plane | null;
}

/** What a configuration says of where facts are kept. */
export type StorePlace = Pick<Config, 'dataDir' | 'store' | 'logs' | 'transport'>;

/** Opens the store that the configuration names, for a data directory that is this process's alone. */
export async function openStore(
  { dataDir, store, logs, transport }: StorePlace,
  trouble: (error: unknown) => void,
): Promise<OpenedStore> {
  if (store.kind === 'sqlite') {
    await rm(nameFile(dataDir), { force: true });
    return {
      store: await openSqliteStore({ directory: dataDir }),
      agent: 'local',
      plane: null,
    };
  }
  const name = await nameOfDirectory(dataDir);
  return {
    store: await openPostgresStore({
      url: store.url,
      directory: dataDir,
      bucket: logs,
      sharesAgents: transport.kind === 'rabbitmq',
      trouble,
    }),
    agent: `local-${name}`,
    plane: {
      name,
      logs: logs === null ? `files of ${name}` : `${logs.endpoint}/${logs.bucket}/${logs.prefix}`,
    },
  };
}

/** It is there where facts are kept elsewhere: a backup of the directory would not have them. */
const nameFile = (directory: string): string => join(directory, 'plane');

/** A data directory's own name, given once by chance. */
async function nameOfDirectory(directory: string): Promise<string> {
  const file = nameFile(directory);
  const name = await readFile(file, 'utf8').catch(() => '');
  if (/^[0-9a-f]{8}\n$/.test(name)) return name.trim();
  const given = randomBytes(4).toString('hex');
  await writeFile(file, `${given}\n`, { mode: 0o600 });
  return given;
}
