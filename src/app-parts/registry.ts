import { z } from 'zod';
import type { Config, ListenerConfig } from '../config/config.ts';
import { compileListener } from '../config/lightspeed/compile-listener.ts';
import { poolOf } from '../config/lightspeed/pool.ts';
import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { seal, unseal } from '../lib/seal.ts';
import { hashSecret } from '../server/auth/secret.ts';
import type { Registry } from '../server/lightspeed/registry.ts';
import { createHandedOnSource } from '../sources/github/receive-hook.ts';
import { vaultKey } from '../store/vault/vault-key.ts';

/** Listeners that have registered, kept in the store. */
export interface KeptRegistry extends Registry {
  /** The configuration with them in it. */
  readonly into: (config: Config) => Config;
  /** What somebody should know of those that were kept; null where all is well. */
  readonly noticed: SignalboxError | null;
}

export interface RegistryNeeds {
  readonly store: Pick<Store, 'position' | 'keepPosition' | 'tokens' | 'addToken' | 'revokeToken'>;
  readonly clock: Clock;
  /** Puts the configuration in force, with what is registered by then. */
  readonly reload: () => Promise<unknown>;
}

/** Under this name they are stored, and for nothing else they are sealed: they hold addresses and tokens of other houses. */
const place = 'listeners of Lightspeed';
/** As many as one house of the usual size has rules. */
const mostListeners = 1_000;
const longestListenerBytes = 16 * 1024;
/** What the variable's token is called in the list of tokens. */
const tokenName = 'SIGNALBOX_TOKEN';

const sealed = z.object({ sealed: z.string() });
const kept = z.array(z.object({ text: z.string(), registeredAt: z.int() }));
type Kept = z.infer<typeof kept>[number];

/** The registry of Lightspeed's admin server; null where this is none. */
export async function openRegistry(
  needs: RegistryNeeds,
  { lightspeed, dataDir, tangled }: Pick<Config, 'lightspeed' | 'dataDir' | 'tangled'>,
): Promise<KeptRegistry | null> {
  const role = lightspeed?.role ?? null;
  if (role?.kind !== 'admin') return null;
  await keepToken(needs, role.token);
  const key = await vaultKey(dataDir, tangled?.secretKey ?? null);
  const position = await needs.store.position(place);
  const { found, noticed } = readKept(key, position);
  let entries = new Map(found);
  /** One change after the other. */
  let changing: Promise<unknown> = Promise.resolve();

  function change<Result>(act: () => Promise<Result>): Promise<Result> {
    const mine = changing.then(act);
    changing = mine.catch(() => undefined); // told to who asked for it
    return mine;
  }
  const write = (content: Json): Promise<void> =>
    needs.store.keepPosition({
      source: place,
      position: { sealed: seal(key, place, JSON.stringify(content)) },
    });
  async function keep(next: ReadonlyMap<string, Entry>): Promise<void> {
    await write([...next.values()].map(({ text, registeredAt }) => ({ text, registeredAt })));
    entries = new Map(next);
    await needs.reload();
  }
  // As a version has kept them that did not seal: most register the same again, which writes nothing.
  if (position !== null && !sealed.safeParse(position).success) await write(position);
  return {
    handedOn: createHandedOnSource(),
    noticed,
    into: config =>
      config.lightspeed === null
        ? config
        : {
            ...config,
            lightspeed: {
              ...config.lightspeed,
              listeners: [...entries.values()].map(({ listener }) => listener),
            },
            rules: [...config.rules, ...[...entries.values()].map(({ listener }) => listener.rule)],
          },
    register: (name, config) =>
      change(async () => {
        const text = textOf(name, config);
        if (entries.get(name)?.text === text) return;
        if (!entries.has(name) && entries.size >= mostListeners)
          throw new SignalboxError('invalid', `there are ${mostListeners} listeners already: remove some`);
        const entry = entryOf({ text, registeredAt: needs.clock.now() });
        if ('message' in entry) throw new SignalboxError('invalid', entry.message);
        await keep(new Map(entries).set(name, entry));
      }),
    remove: name =>
      change(async () => {
        const next = new Map(entries);
        const isThere = next.delete(name);
        if (isThere) await keep(next);
        return isThere;
      }),
  };
}

interface Entry extends Kept {
  readonly listener: ListenerConfig;
}

function entryOf({ text, registeredAt }: Kept): Entry | { readonly message: string } {
  // Its directory is elsewhere: what is relative in it means nothing here.
  const compiled = compileListener(text, 'the listener', { env: {}, directory: '/' });
  if ('message' in compiled) return compiled;
  const rule = { ...compiled.rule, pool: poolOf(compiled.name) };
  const { name } = compiled;
  return { text, registeredAt, listener: { ...compiled, file: `${name} (registered)`, rule, registeredAt } };
}

/** What an older version has taken, and this one does not understand, is left out until it registers anew. */
function readKept(
  key: Uint8Array,
  position: Json,
): { readonly found: readonly [string, Entry][]; readonly noticed: SignalboxError | null } {
  const opened = open(key, position);
  if (opened instanceof SignalboxError) return { found: [], noticed: opened };
  const found = (kept.safeParse(opened).data ?? []).flatMap((each): [string, Entry][] => {
    const entry = entryOf(each);
    return 'message' in entry ? [] : [[entry.listener.name, entry]];
  });
  return { found, noticed: null };
}

function open(key: Uint8Array, position: Json): unknown {
  const { data } = sealed.safeParse(position);
  // Nothing was kept yet, or by a version that did not seal it.
  if (data === undefined) return position;
  try {
    return JSON.parse(unseal(key, place, data.sealed));
  } catch (cause) {
    return new SignalboxError(
      'corrupt',
      'the listeners that had registered cannot be opened: they were sealed with another key; put secrets.key back into the data directory, or start the listeners again, which registers them anew',
      { cause },
    );
  }
}

/** The listener's file as it is kept; the name that it registers by is its name. */
function textOf(name: string, config: Json): string {
  const written = z.looseObject({}).safeParse(config);
  if (!written.success)
    throw new SignalboxError('invalid', 'config is no object: it is the JSON of the listener');
  const text = JSON.stringify({ ...written.data, name });
  if (Buffer.byteLength(text) > longestListenerBytes)
    throw new SignalboxError('invalid', `config is longer than ${longestListenerBytes / 1024} KiB`);
  return text;
}

/** The variable decides at each start; like all tokens it is stored hashed. */
async function keepToken({ store, clock }: RegistryNeeds, token: string | null): Promise<void> {
  await store.revokeToken(tokenName);
  if (token === null) return;
  const hash = hashSecret(token);
  // One that was made here opens every door already.
  if ((await store.tokens()).some(known => known.hash === hash)) return;
  await store.addToken({ name: tokenName, hash, createdAt: clock.now(), lastUsedAt: null });
}
