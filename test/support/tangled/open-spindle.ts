import { randomBytes } from 'node:crypto';
import { createSystemClock } from '../../../src/clock/system.ts';
import type { Store } from '../../../src/contracts/store.ts';
import type { UsedTokenStore } from '../../../src/contracts/used-token-store.ts';
import type { Run } from '../../../src/domain/run.ts';
import { tangledRule } from '../../../src/sources/tangled/rule.ts';
import { createVault, type Vault } from '../../../src/store/vault/vault.ts';
import { type House, openHouse } from '../doors/open-house.ts';
import { until } from '../server.ts';
import type { Account } from './fake-network.ts';
import { createTangledWorld, hostname, type Listening, type TangledWorld } from './world.ts';

/** A spindle in a small Tangled, whose door is open. Its runs wait: there is no agent. */
export interface OpenSpindle extends AsyncDisposable {
  readonly world: TangledWorld;
  readonly house: House;
  readonly listening: Listening;
  readonly vault: () => Vault;
  /** Calls a method as somebody, or as nobody; a body is sent as JSON. */
  call(method: string, options?: CallOptions): Promise<Answer>;
  runs(): Promise<readonly Run[]>;
}

interface CallOptions {
  readonly as?: Account;
  /** For which method the token is made, when not for the one that is called. */
  readonly lxm?: string;
  readonly token?: string;
  readonly query?: Readonly<Record<string, string>> | URLSearchParams;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever was answered
  readonly json: any;
}

export async function openSpindle(files?: Readonly<Record<string, string>>): Promise<OpenSpindle> {
  await using stack = new AsyncDisposableStack();
  let opened: Store | undefined;
  const usedTokens: UsedTokenStore = {
    useToken: (...use) => (opened ?? raise('there is no store')).useToken(...use),
  };
  const world = stack.use(await createTangledWorld({ usedTokens, ...(files && { files }) }));
  const listening = stack.use(world.listen());
  await until(() => listening.source.state().lastAt !== null, 'the records to be looked through');
  let vault: Vault | undefined;
  const house = stack.use(
    await openHouse({
      spindle: { hostname, owner: world.owner.did, dev: true },
      rules: [tangledRule({ timeoutMs: 60_000, concurrency: null })],
      hosting: store => {
        opened = store;
        const trouble = (error: Error): never => {
          throw error;
        };
        vault = createVault({ store, key: randomBytes(32), clock: createSystemClock(), trouble });
        return { calls: listening.source.calls, secrets: vault };
      },
    }),
  );
  const open = stack.move();
  return {
    world,
    house,
    listening,
    vault: () => vault ?? raise('there is no vault'),
    async call(method, { as, lxm = method, query, body, ...given } = {}) {
      const token = given.token ?? (await as?.token({ aud: `did:web:${hostname}`, lxm }));
      const response = await fetch(
        `${house.publicUrl}/xrpc/${method}?${new URLSearchParams(query).toString()}`,
        {
          method: body === undefined ? 'GET' : 'POST',
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        },
      );
      const text = await response.text();
      return { status: response.status, text, json: text.startsWith('{') ? JSON.parse(text) : null };
    },
    runs: async () => {
      const all = await house.store.runs(
        { state: null, rule: null, event: null },
        { limit: 100, after: null },
      );
      return all.items;
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function raise(message: string): never {
  throw new Error(message);
}
