import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Plane, Store } from '../contracts/store.ts';
import { SignalboxError } from '../domain/errors.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';

/** The store, and who this process is to those that share it. */
export interface OpenedStore {
  readonly store: Store;
  /** The agent inside this server. No other one that uses the store has its name. */
  readonly agent: string;
  /** Null: nobody shares it. */
  readonly plane: Plane | null;
  /** What somebody should know of how it was found; null: all is as it was left. */
  readonly noticed: SignalboxError | null;
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
      noticed: null,
    };
  }
  const { name, noticed } = await nameOfDirectory(dataDir);
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
    noticed,
  };
}

/** It is there where facts are kept elsewhere: a backup of the directory would not have them. */
const nameFile = (directory: string): string => join(directory, 'plane');

/**
 * A data directory's own name, given once by chance. The file that has it says which file it is: a copy of the directory has
 * another one, and is given a name of its own, because two control planes of one name would end each other's runs.
 */
async function nameOfDirectory(
  directory: string,
): Promise<{ readonly name: string; readonly noticed: SignalboxError | null }> {
  await using file = await open(nameFile(directory), constants.O_RDWR | constants.O_CREAT, 0o600);
  const { ino } = await file.stat();
  const written = await file.readFile('utf8');
  const [, name, place] = /^([0-9a-f]{8})(?: (\d+))?\n$/.exec(written) ?? [];
  const isCopy = place !== undefined && place !== String(ino);
  const own = name === undefined || isCopy ? randomBytes(4).toString('hex') : name;
  const right = `${own} ${ino}\n`;
  if (written !== right) {
    await file.truncate(0);
    await file.write(right, 0);
  }
  const noticed = isCopy
    ? new SignalboxError(
        'conflict',
        `the data directory ${directory} is a copy of that of the control plane ${name}: this one is called ${own} from now on`,
      )
    : null;
  return { name: own, noticed };
}
