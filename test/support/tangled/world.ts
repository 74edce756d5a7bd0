import { createSystemClock } from '../../../src/clock/system.ts';
import type { UsedTokenStore } from '../../../src/contracts/used-token-store.ts';
import type { NewEvent } from '../../../src/domain/event.ts';
import type { Json } from '../../../src/domain/json.ts';
import type { TangledSettings } from '../../../src/sources/tangled/settings.ts';
import type { SocketLimits } from '../../../src/sources/tangled/socket.ts';
import { createTangledSource, type TangledSource } from '../../../src/sources/tangled/source.ts';
import { createTestCheckout } from '../git-checkout.ts';
import { createRepository, type File, type TestRepository } from '../git-repository.ts';
import { until } from '../server.ts';
import { type FakeKnot, type KnotRepo, startFakeKnot } from './fake-knot.ts';
import { type Account, type FakeNetwork, startFakeNetwork } from './fake-network.ts';

export const hostname = 'spindle.test';

/** A workflow that answers to pushes to any branch. */
export const workflow =
  'when: [{ event: [push, pull_request], branch: "**" }]\nengine: local\nsteps: [{ name: unit, command: "echo tested" }]\n';

/** Tangled in small: an owner who runs a spindle, a member with a repository on a knot that has chosen it. */
export interface TangledWorld extends AsyncDisposable {
  readonly network: FakeNetwork;
  readonly knot: FakeKnot;
  readonly owner: Account;
  readonly member: Account;
  readonly repository: TestRepository;
  readonly repo: KnotRepo;
  /** Keys of the records that make the member a member, and the repository watched. */
  readonly records: { readonly membership: string; readonly repo: string };
  readonly settings: TangledSettings;
  /** Puts another repository on the knot, that nobody watches yet. */
  addRepo(owner: Account, name: string): KnotRepo;
  /** Has the owner of a repository choose this spindle. */
  choose(owner: Account, repo: KnotRepo, spindle?: string): void;
  /** Sets the clock of who listens forward. */
  setForward(ms: number): void;
  /** Begins to listen, from a stored position on. */
  listen(from?: Json, settings?: Partial<TangledSettings>, limits?: Partial<SocketLimits>): Listening;
}

export interface Listening extends AsyncDisposable {
  readonly source: TangledSource;
  /** What has come, in order. */
  readonly events: readonly NewEvent[];
  /** The bytes behind each of them. */
  readonly frames: readonly (string | null)[];
  position(): Json;
  /** Waits for so many events. */
  have(count: number): Promise<readonly NewEvent[]>;
  /** Waits until the knot is followed. */
  following(): Promise<void>;
}

export async function createTangledWorld(
  options: {
    readonly firstGeneration?: boolean;
    readonly files?: Readonly<Record<string, File>>;
    /** Where tokens are remembered; without it nobody can call. */
    readonly usedTokens?: UsedTokenStore;
  } = {},
): Promise<TangledWorld> {
  const parts = new AsyncDisposableStack();
  const network = parts.use(await startFakeNetwork());
  const knot = parts.use(await startFakeKnot(options));
  const repository = parts.use(
    await createRepository(options.files ?? { '.tangled/workflows/ci.yml': workflow }),
  );
  const checkout = parts.use(await createTestCheckout());
  const owner = await network.account('owner.test');
  const member = await network.account('member.test');

  const addRepo: TangledWorld['addRepo'] = ({ did }, name) => {
    const repo: KnotRepo = {
      ownerDid: did,
      name,
      repoDid: options.firstGeneration === true ? null : network.repoDid(knot.host),
      rkey: `rkey-${name}`,
      repository,
    };
    knot.add(repo);
    return repo;
  };
  const choose: TangledWorld['choose'] = (owner, { name, repoDid, rkey }, spindle = hostname) =>
    void owner.put(
      'sh.tangled.repo',
      { name, knot: knot.host, spindle, ...(repoDid === null ? {} : { repoDid }) },
      rkey,
    );
  const repo = addRepo(member, 'harbour');
  choose(member, repo);
  const membership = owner.put('sh.tangled.spindle.member', { subject: member.did, instance: hostname });
  let aheadMs = 0;
  const settings: TangledSettings = {
    hostname,
    owner: owner.did,
    members: [],
    knots: [knot.host],
    trustsKnots: false,
    plc: network.url,
    jetstream: null,
    elsewhere: null,
    reconcileMs: 3_600_000,
    dev: true,
    allowsPrivateHosts: false,
  };

  return {
    network,
    knot,
    owner,
    member,
    repository,
    repo,
    records: { membership, repo: repo.rkey },
    settings,
    addRepo,
    choose,
    setForward: ms => {
      aheadMs += ms;
    },
    listen(from = null, changed = {}, limits = {}) {
      const source = createTangledSource(
        {
          settings: { ...settings, ...changed },
          readFolder: (...asked) => checkout.checkout.readFolder(...asked),
          clock: { ...createSystemClock(), now: () => Date.now() + aheadMs },
          usedTokens: options.usedTokens ?? nobodyCalls,
          trouble: () => undefined,
        },
        { frameBytes: 100_000, pingMs: 30_000, deadMs: 90_000, ...limits },
      );
      const over = new AbortController();
      const events: NewEvent[] = [];
      const frames: (string | null)[] = [];
      let position = from;
      const ended = (async () => {
        for await (const found of source.listen(from, over.signal)) {
          events.push(...found.events);
          if (found.events.length > 0)
            frames.push(found.delivery && Buffer.from(found.delivery.delivery.body).toString());
          position = JSON.parse(JSON.stringify(found.position));
        }
      })();
      return {
        source,
        events,
        frames,
        position: () => position,
        have: async count => {
          await until(() => events.length >= count, `event ${count} of Tangled`);
          return events;
        },
        following: async () =>
          void (await until(
            () => source.streams().some(({ name, connected }) => name === knot.host && connected),
            'the knot to be followed',
          )),
        [Symbol.asyncDispose]: async () => {
          over.abort();
          await ended;
        },
      };
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

const nobodyCalls: UsedTokenStore = { useToken: () => Promise.reject(new Error('nobody calls here')) };
