import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startFakeGithub } from '../../../../test/support/fake-github.ts';
import { githubDelivery, pullRequest, push, recorded } from '../../../../test/support/github-payloads.ts';
import { createSystemClock } from '../../../clock/system.ts';
import { sourceSuite } from '../../../contracts/source.suite.ts';
import type { Store } from '../../../contracts/store.ts';
import type { SignalboxError } from '../../../domain/errors.ts';
import { deliveryId } from '../../../domain/id.ts';
import { receive } from '../../../engine/intake.ts';
import { listen } from '../../../engine/listen.ts';
import { createQueueGauge } from '../../../engine/queue-gauge.ts';
import { createMatchers } from '../../../matchers/matchers.ts';
import { openSqliteStore } from '../../../store/sqlite/store.ts';
import { createGithubSource } from '../source.ts';
import { createGithubCatchUp } from './catch-up.ts';
import type { CatchUpSettings } from './settings.ts';

const secret = 'the secret of the webhook';
const hookUrl = 'https://ci.example.org/github';
const place = '/repos/acme/app';
const minuteMs = 60_000;
const to = (branch: string) => push({ name: 'acme/app', ref: `refs/heads/${branch}` });

/** A store, a door and GitHub; time passes only where a test lets it. */
async function openWorld(changes: Partial<CatchUpSettings> = {}) {
  await using opened = new AsyncDisposableStack();
  const github = opened.use(await startFakeGithub());
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-catch-up-'));
  opened.defer(() => rm(directory, { recursive: true }));
  const store = opened.use(await openSqliteStore({ directory }));
  const system = createSystemClock();
  const world = {
    github,
    store,
    now: Date.now(),
    settings: {
      token: github.token,
      api: github.url,
      everyMs: 5 * minuteMs,
      hookUrl,
      repositories: ['acme/app'],
      ruledRepositories: [],
      organizations: [],
      mostBytes: 1_000_000,
      ...changes,
    } as CatchUpSettings | null,
    troubles: [] as string[],
    needs: {
      store,
      control: { hint: () => undefined, cancel: () => undefined },
      matchers: createMatchers(),
      rules: () => [],
      queue: createQueueGauge({ store, clock: system }, 1000, false),
      clock: { ...system, now: () => world.now },
      journal: { note: () => undefined },
    },
    /** What the door makes of a delivery. */
    door: (event: string, payload: object, guid: string) =>
      receive(world.needs, createGithubSource({ secrets: [secret] }), {
        ...githubDelivery(event, payload, secret, { 'x-github-delivery': guid }),
        id: deliveryId(system.unique()),
      }),
    /** A life of the server: until it has done `rounds` of catching up, or `during` says that it is enough. */
    async life(rounds = 1, during: () => boolean = () => false) {
      const stop = new AbortController();
      let done: number | null = null;
      const catchUp = createGithubCatchUp({
        settings: () => world.settings,
        store,
        trouble: (error: SignalboxError) => void world.troubles.push(error.message),
        clock: {
          ...world.needs.clock,
          sleep: async ms => {
            world.now += ms;
            const { lastAt } = catchUp.state() ?? { lastAt: null };
            if (lastAt !== done) rounds -= 1;
            done = lastAt;
            if (rounds === 0) stop.abort();
          },
        },
      });
      const watching = {
        ...store,
        admit: async (admission: Parameters<Store['admit']>[0]) => {
          const admitted = await store.admit(admission);
          if (during()) stop.abort();
          return admitted;
        },
      };
      await listen({ ...world.needs, store: watching }, catchUp.source, stop.signal);
      return catchUp.state();
    },
    async events() {
      const { items } = await store.events(
        { source: null, type: null, repo: null },
        { limit: 200, after: null },
      );
      return items.toReversed().map(({ event, duplicates }) => ({
        what: `${event.branch ?? event.type}${event.caughtUp ? ', caught up' : ''}`,
        id: event.id,
        guid: event.deliveryId,
        duplicates,
      }));
    },
    /** What came in, in its order. */
    told: async () => (await world.events()).map(({ what }) => what),
  };
  const keep = opened.move();
  return Object.assign(world, { [Symbol.asyncDispose]: () => keep.disposeAsync() });
}

/** A world whose hook has delivered one push, and where everything so far is settled. */
async function settledWorld(changes: Partial<CatchUpSettings> = {}) {
  const world = await openWorld(changes);
  const hook = world.github.hooks.add(place, hookUrl);
  const guid = hook.record('push', to('first'), { status: 202, at: world.now - 60 * minuteMs });
  await world.door('push', to('first'), guid);
  await world.life();
  return Object.assign(world, { hook });
}

sourceSuite('github catch-up', {
  kind: 'stream',
  create: async () => {
    const world = await openWorld();
    const hook = world.github.hooks.add(place, hookUrl);
    // What the listener was given counts as stored.
    const stored = [hook.record('ping', recorded('ping'), { status: 202 })];
    const { source } = createGithubCatchUp({
      settings: () => world.settings,
      store: { ...world.store, knownDeliveries: async () => stored },
      clock: { ...createSystemClock(), now: () => world.now, sleep: async ms => void (world.now += ms) },
      trouble: assert.fail,
    });
    async function* listen(...from: Parameters<typeof source.listen>) {
      for await (const found of source.listen(...from)) {
        stored.push(...found.events.flatMap(({ deliveryId }) => deliveryId ?? []));
        yield found;
      }
    }
    return {
      source: { ...source, listen },
      happen: async () => void hook.record('push', to('main')),
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
});

describe('catching up with GitHub', { timeout: 60_000 }, () => {
  test('what failed while nobody listened comes in, oldest first, marked, and vouched for by the API alone', async () => {
    await using world = await settledWorld();
    for (const branch of ['one', 'two', 'three']) world.hook.record('push', to(branch));
    await world.life();
    assert.deepEqual(await world.told(), ['first', 'one, caught up', 'two, caught up', 'three, caught up']);
    const [, one] = await world.events();
    const detail = await world.store.event(one!.id);
    assert.ok(detail?.delivery);
    const { authentication } = detail.delivery;
    assert.ok(authentication.result === 'fetched');
    const [api, path] = authentication.from.split(place);
    assert.equal(api, world.github.url);
    assert.match(path ?? '', /^\/hooks\/\d+\/deliveries\/\d+$/);
    const { body, headers } = detail.delivery.delivery;
    assert.deepEqual(JSON.parse(Buffer.from(body).toString()), to('one'));
    assert.equal(new Map(headers).get('x-github-delivery'), one!.guid);
    assert.deepEqual(world.troubles, []);
  });

  test('what an earlier answer had promised, and a restored backup has not, comes in too', async () => {
    await using world = await settledWorld();
    world.hook.record('push', to('promised'), { status: 202 });
    await world.life();
    assert.deepEqual(await world.told(), ['first', 'promised, caught up']);
  });

  test('nothing comes twice: neither by the door after the API, nor by the API after the door', async () => {
    await using world = await settledWorld();
    const late = world.hook.record('push', to('late'));
    const early = world.hook.record('push', to('early'));
    await world.door('push', to('early'), early);
    await world.life();
    world.hook.record('push', to('late'), { guid: late, status: 202 });
    assert.equal((await world.door('push', to('late'), late)).result, 'known');
    await world.life();
    const events = await world.events();
    assert.deepEqual(
      events.map(({ what }) => what),
      ['first', 'early', 'late, caught up'],
    );
    // GitHub's API writes payloads anew: other bytes are no conflict there.
    assert.deepEqual(
      events.map(({ duplicates }) => duplicates.map(({ conflict }) => conflict)),
      [[], [], [false]],
    );
    assert.equal(world.github.hooks.asked.filter(path => /deliveries\/\d+$/.test(path)).length, 1);
  });

  test('only what asks for something is fetched', async () => {
    await using world = await settledWorld();
    world.hook.record('star', recorded('star'));
    world.hook.record('pull_request', pullRequest({ name: 'acme/app', action: 'labeled' }));
    world.hook.record('pull_request', pullRequest({ name: 'acme/app', base: 'main' }));
    await world.life();
    assert.deepEqual(await world.told(), ['first', 'main, caught up']);
  });

  test('a long outage is caught up whole, page by page', async () => {
    await using world = await settledWorld();
    world.github.hooks.pageSize = 7;
    const branches = Array.from({ length: 40 }, (_, n) => `b${n}`);
    for (const branch of branches) world.hook.record('push', to(branch));
    await world.life();
    assert.deepEqual(await world.told(), ['first', ...branches.map(branch => `${branch}, caught up`)]);
    assert.ok(world.github.hooks.asked.filter(path => path.endsWith('/deliveries')).length > 6);
  });

  test('an end in the middle goes on there', async () => {
    await using world = await settledWorld();
    for (const branch of ['one', 'two', 'three']) world.hook.record('push', to(branch));
    let seen = 0;
    await world.life(9, () => (seen += 1) === 2);
    assert.deepEqual(await world.told(), ['first', 'one, caught up', 'two, caught up']);
    await world.life();
    assert.deepEqual(await world.told(), ['first', 'one, caught up', 'two, caught up', 'three, caught up']);
    assert.equal(world.github.hooks.asked.filter(path => /deliveries\/\d+$/.test(path)).length, 3);
  });

  test('a hook that is new begins with the first delivery that is here, and with nothing of before', async () => {
    await using world = await openWorld();
    const hook = world.github.hooks.add(place, hookUrl);
    hook.record('push', to('of-another-ci'), { status: 200 });
    const ping = hook.record('ping', recorded('ping'), { status: 202 });
    hook.record('push', to('missed'));
    await world.door('ping', recorded('ping'), ping);
    await world.life();
    assert.deepEqual(await world.told(), ['other', 'missed, caught up']);

    await using another = await openWorld();
    const old = another.github.hooks.add(place, hookUrl);
    old.record('push', to('of-another-ci'), { status: 200, at: another.now - 60 * minuteMs });
    await another.life();
    old.record('push', to('missed'));
    await another.life();
    assert.deepEqual(await another.told(), ['missed, caught up']);
  });

  test('hooks that lead elsewhere are nobody’s business', async () => {
    await using world = await settledWorld();
    world.github.hooks.add(place, 'https://other.example.org/github').record('push', to('theirs'));
    world.github.hooks.add(place, `${hookUrl}-webhook/`).record('push', to('theirs'));
    await world.life(2);
    assert.deepEqual(await world.told(), ['first']);
  });

  test('without public.url a hook is ours when it has delivered here', async () => {
    await using world = await openWorld({ hookUrl: null });
    const theirs = world.github.hooks.add(place, 'https://other.example.org/github');
    theirs.record('push', to('theirs'), { status: 200 });
    const ours = world.github.hooks.add(place, 'https://ci.example.org/github/');
    await world.door('push', to('first'), ours.record('push', to('first'), { status: 202 }));
    ours.record('push', to('missed'));
    await world.life();
    theirs.record('push', to('theirs'), { status: 200 });
    await world.life();
    assert.deepEqual(await world.told(), ['first', 'missed, caught up']);
  });

  test('by default those are asked that events came from, and those that rules name', async () => {
    await using world = await openWorld({
      repositories: null,
      ruledRepositories: ['acme/lib'],
      organizations: ['acme'],
    });
    for (const where of [place, '/repos/acme/lib', '/orgs/acme']) world.github.hooks.add(where, hookUrl);
    await world.door('push', to('first'), 'a-guid');
    await world.life();
    assert.deepEqual(
      world.github.hooks.asked.filter(path => path.endsWith('/hooks')),
      ['/orgs/acme/hooks', '/repos/acme/app/hooks', '/repos/acme/lib/hooks'],
    );
  });

  test('a token without the right is said once, in a sentence, and the other places are asked', async () => {
    await using world = await openWorld({
      repositories: ['acme/secret', 'acme/app'],
      ruledRepositories: ['acme/x'],
    });
    const hook = world.github.hooks.add(place, hookUrl);
    const ping = hook.record('ping', recorded('ping'), { status: 202 });
    await world.door('ping', recorded('ping'), ping);
    hook.record('push', to('missed'));
    const state = await world.life(3);
    assert.deepEqual(await world.told(), ['other', 'missed, caught up']);
    const sentence =
      'GitHub answers 404 to /repos/acme/secret/hooks?per_page=100&page=1: give sources.github.token "Webhooks: read" there, or say in sources.github.catchUp whom else to ask';
    assert.deepEqual(world.troubles, [sentence]);
    assert.deepEqual(state?.problems, [sentence]);
    assert.notEqual(state?.lastAt, null);
  });

  test('what rules alone name may be at another forge: nobody complains', async () => {
    await using world = await openWorld({ repositories: null, ruledRepositories: ['acme/at-gitlab'] });
    assert.deepEqual((await world.life())?.problems, []);
    assert.deepEqual(world.troubles, []);
  });

  test('the rate limit is waited for, as long as GitHub says', async () => {
    await using world = await settledWorld();
    world.hook.record('push', to('missed'));
    const before = world.now;
    world.github.fault = (_, response) => {
      world.github.fault = null;
      response.writeHead(403, { 'retry-after': '600' }).end('{}');
    };
    const asked = world.github.requests;
    await world.life(1);
    assert.deepEqual(await world.told(), ['first', 'missed, caught up']);
    assert.ok(world.now >= before + 600_000);
    assert.ok(world.github.requests > asked);
    assert.deepEqual(world.troubles, ["GitHub's rate limit is used up: catching up waits for it"]);
  });

  test('while GitHub does not answer it is asked less and less often, and says so once', async () => {
    await using world = await settledWorld();
    world.hook.record('push', to('missed'));
    let failures = 0;
    const times: number[] = [];
    world.github.fault = (_, response) => {
      times.push(world.now);
      if ((failures += 1) === 6) world.github.fault = null;
      response.writeHead(503).end();
    };
    await world.life(1);
    assert.deepEqual(await world.told(), ['first', 'missed, caught up']);
    assert.deepEqual(
      times.slice(1).map((at, n) => Math.round((at - (times[n] ?? 0)) / 1000)),
      [30, 60, 120, 240, 300],
    );
    assert.deepEqual(world.troubles.length, 1);
  });

  test('what cannot be fetched or read is told, and holds nothing up', async () => {
    await using world = await settledWorld({ mostBytes: 20_000 });
    world.hook.record('push', { ...to('large'), padding: 'x'.repeat(5_000_000) });
    world.hook.record('push', { ref: 7 });
    world.hook.record('push', to('good'));
    await world.life(3);
    assert.deepEqual(await world.told(), ['first', 'good, caught up']);
    assert.match(world.troubles[0] ?? '', /has more than \d+ bytes/);
    assert.match(world.troubles[1] ?? '', /cannot be caught up: push payload not understood: ref/);
  });

  test('answers that are not GitHub’s are told, and do no harm', async () => {
    await using world = await settledWorld();
    for (const body of ['<html>', '{}', '[{"id":"../../x"}]', '[{"id":1,"config":7}]']) {
      world.github.fault = { status: 200, body };
      await world.life();
      world.now += 60 * minuteMs;
    }
    world.github.fault = null;
    assert.deepEqual(await world.told(), ['first']);
    assert.ok(
      world.troubles.length >= 3 && world.troubles.every(text => text.includes('/repos/acme/app/hooks')),
    );
  });

  test('a page with more deliveries than were asked for is refused: a thousand of those would fill the memory', async () => {
    await using world = await settledWorld();
    const hooks = [{ id: world.hook.id, config: { url: hookUrl } }];
    const delivered_at = new Date(world.now).toISOString();
    const listed = { id: 7, guid: 'a-guid', delivered_at, event: 'star', action: 'created' };
    world.github.fault = ({ url }, response) =>
      void response.end(
        JSON.stringify(url?.includes('deliveries') ? Array.from({ length: 101 }, () => listed) : hooks),
      );
    await world.life();
    assert.match(world.troubles.join(), /^GitHub's answer to \S+\/deliveries is not understood/);
  });

  test('a delivery that GitHub never gives holds later ones up for a while, and not for ever', async () => {
    await using world = await settledWorld();
    const bad = ['bad', 'worse'].map(branch => world.hook.record('push', to(branch)));
    world.github.hooks.withholds = guid => bad.includes(guid);
    world.hook.record('push', to('good'));
    const before = world.now;
    await world.life();
    assert.ok(world.now > before + 5 * minuteMs);
    assert.deepEqual(await world.told(), ['first', 'good, caught up']);
    assert.equal(new Set(world.troubles.filter(text => /answers 502/.test(text))).size, 2);
  });

  test('a delivery that nothing came after is waited for: GitHub may be ill as a whole', async () => {
    await using world = await settledWorld();
    let tries = 0;
    world.github.hooks.withholds = () => (tries += 1) <= 20;
    world.hook.record('push', to('late'));
    await world.life();
    assert.deepEqual(await world.told(), ['first', 'late, caught up']);
  });

  test('without a token nobody is asked', async () => {
    await using world = await openWorld();
    world.settings = null;
    const stop = new AbortController();
    const { source, state } = createGithubCatchUp({
      settings: () => null,
      store: world.store,
      clock: { ...createSystemClock(), sleep: async () => stop.abort() },
      trouble: assert.fail,
    });
    for await (const _ of source.listen(null, stop.signal)) assert.fail('somebody was asked');
    assert.equal(state(), null);
    assert.equal(world.github.requests, 0);
  });
});
