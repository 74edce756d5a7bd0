import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildkiteWorld } from '../../../test/support/buildkite-world.ts';
import { pushEvent } from '../../../test/support/events.ts';
import { createSystemClock } from '../../clock/system.ts';
import { providerSuite } from '../../contracts/provider.suite.ts';
import type { BuildOrder } from '../../contracts/provider.ts';
import { runId } from '../../domain/id.ts';

providerSuite('buildkite', async () => {
  const {
    provider,
    buildkite,
    [Symbol.asyncDispose]: dispose,
  } = await buildkiteWorld({ clock: createSystemClock() });
  return {
    provider,
    settings: { pipeline: 'app' },
    builds: () => buildkite.builds.length,
    loseNextAnswer: () => {
      buildkite.fault = ({ method }, response, answer) => {
        if (method !== 'POST') return false;
        buildkite.fault = null;
        // Made, and the connection is gone.
        response.end = () => response.destroy();
        answer();
        return true;
      };
    },
    play: async () => {
      const [build] = buildkite.builds;
      build?.job('hello').start().print('one\r\n').print('two').end('passed');
      build?.change({ state: 'passed' });
    },
    isEnded: () => buildkite.builds[0]?.fields['state'] === 'canceling',
    [Symbol.asyncDispose]: dispose,
  };
});

const never = new AbortController().signal;
const quiet = () => undefined;
const nothing = { bytes: 0, tail: new Uint8Array() };
const event = pushEvent();

const order = (name: string, settings: BuildOrder['settings'] = { pipeline: 'app' }): BuildOrder => ({
  run: runId(name.padEnd(26, '0')),
  rule: 'tests',
  event,
  sha: event.after,
  env: {},
  settings,
  workflow: null,
});

/** Time that passes as fast as those who wait allow, which is what most of these tests are about. */
const hurried = () => {
  const clock = createSystemClock();
  return { ...clock, sleep: (ms: number, signal: AbortSignal) => clock.sleep(ms / 100, signal) };
};

describe('what Buildkite refuses', { timeout: 60_000 }, () => {
  const refused = async (
    fault: { readonly status: number; readonly body?: object },
    settings?: BuildOrder['settings'],
  ) => {
    await using world = await buildkiteWorld({ clock: hurried() });
    world.buildkite.fault = (_asked, response) => {
      response.writeHead(fault.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(fault.body ?? {}));
      return true;
    };
    await assert.rejects(world.provider.start(order('a', settings), true, quiet, never), (error: Error) => {
      message = error.message;
      return true;
    });
    return message;
  };
  let message = '';

  test('is told to who has to mend it', async () => {
    assert.equal(
      await refused({ status: 401 }),
      'Buildkite refused the token: providers.buildkite.token is wrong, or was revoked',
    );
    assert.match(
      await refused({ status: 403, body: { message: 'No scope' } }),
      /\(403: No scope\): it needs the scopes/,
    );
    assert.equal(await refused({ status: 404 }), 'no such Buildkite pipeline acme/app');
    assert.equal(
      await refused({
        status: 422,
        body: { message: 'Validation Failed', errors: [{ field: 'commit' }, 'no'] },
      }),
      'Buildkite answers 422 to a new build of acme/app: Validation Failed; {"field":"commit"}; no',
    );
    assert.match(await refused({ status: 302 }), /leads elsewhere \(302\): check providers\.buildkite\.api/);
    assert.match(await refused({ status: 201, body: { id: 7 } }), /is not what its API is known to give/);
  });

  test('a token that was refused is not shown again at once', async () => {
    await using world = await buildkiteWorld({ clock: createSystemClock(), token: 'another' });
    for (let n = 0; n < 3; n += 1)
      await assert.rejects(world.provider.start(order('a'), true, quiet, never), /refused the token/);
    assert.equal(world.buildkite.asked.length, 1);
  });

  test('a pipeline that is not allowed is not even asked for', async () => {
    await using world = await buildkiteWorld({ clock: hurried(), pipelines: ['app'] });
    await assert.rejects(
      world.provider.start(order('a', { pipeline: 'site' }), true, quiet, never),
      /may not be built from here/,
    );
    assert.equal(world.buildkite.asked.length, 0);
  });

  test('the log of a job, with a reason', async () => {
    await using world = await buildkiteWorld({ clock: hurried() });
    const build = await world.provider.start(order('a'), true, quiet, never);
    world.buildkite.fault = (_asked, response) => {
      response.writeHead(403).end('{"message":"No scope"}');
      return true;
    };
    const job = {
      id: 'j',
      name: 'j',
      command: null,
      state: 'running',
      hasLog: true,
      remark: null,
      startedAt: 1,
    } as const;
    const news = await world.provider.logs(build, job, nothing, 100, never);
    assert.ok(news.result === 'unreadable' && news.reason.includes('read_build_logs'));
  });
});

describe('what may pass', { timeout: 60_000 }, () => {
  test('429, 500, a web page and no answer at all, on each call', async () => {
    await using world = await buildkiteWorld({ clock: hurried() });
    const { buildkite, provider } = world;
    const seen = new Map<string, number>();
    buildkite.fault = ({ method, path }, response) => {
      const what = `${method} ${path.replace(/[?].*/, '')}`;
      const times = (seen.get(what) ?? 0) + 1;
      seen.set(what, times);
      if (times === 1)
        response
          .writeHead(429, {
            'RateLimit-User-Limit': '50',
            'RateLimit-User-Remaining': '0',
            'RateLimit-User-Reset': '0',
          })
          .end('{}');
      else if (times === 2) response.writeHead(502).end('a page of a proxy');
      else if (times === 3) response.destroy();
      else if (times === 4)
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>Sorry</h1>');
      else return false;
      return true;
    };
    const mine = order('a');
    const build = await provider.start(mine, true, quiet, never);
    buildkite.builds[0]?.job('unit').start().print('one\n').end('passed');
    buildkite.builds[0]?.change({ state: 'running' });
    for await (const { jobs } of provider.observe(build, never)) {
      const [job] = jobs;
      assert.ok(job);
      const news = await provider.logs(build, job, nothing, 100, never);
      assert.ok(news.result === 'more' && Buffer.from(news.bytes).toString() === 'one\n');
      break;
    }
    await provider.cancel(mine, build, never);
    assert.equal(buildkite.builds.length, 1);
    assert.equal(buildkite.builds[0]?.fields['state'], 'canceling');
    assert.ok(
      [...seen.values()].every(times => times >= 5),
      JSON.stringify([...seen]),
    );
    // To make it, to look for it, to look at it, its log, its end.
    assert.equal(seen.size, 5);
  });

  test('a push with fifty workflows: none is lost, none is doubled, and the limit is kept', async () => {
    await using world = await buildkiteWorld({ clock: createSystemClock() });
    const { buildkite, provider } = world;
    buildkite.limit = { requests: 25, seconds: 1 };
    const names = Array.from({ length: 50 }, (_, n) => `run${String(n).padStart(2, '0')}`);
    await Promise.all(names.map(name => provider.start(order(name), true, quiet, never)));
    const runs = buildkite.builds.map(build => build.order.meta_data?.['signalbox:run']);
    assert.deepEqual(new Set(runs), new Set(names.map(name => order(name).run)));
    assert.equal(runs.length, 50);
    assert.equal(buildkite.refusals, 0);
  });
});

describe('which build is that of a run', { timeout: 60_000 }, () => {
  const found = async (...others: readonly object[]) => {
    await using world = await buildkiteWorld({ clock: hurried() });
    const meta = { 'signalbox:run': order('a').run };
    for (const other of others)
      world.buildkite.add('app', { commit: event.after ?? '', branch: 'main', meta_data: meta, ...other });
    const build = await world.provider.start(order('a'), false, quiet, never);
    return build.id;
  };

  test('the oldest that says so', async () => {
    assert.equal(await found({}, {}), 'acme/app/1');
  });

  test('none that was rebuilt by hand', async () => {
    assert.equal(await found({ rebuilt_from: { id: 'x' } }, {}), 'acme/app/2');
  });

  test('none of another commit, whatever it says', async () => {
    assert.equal(await found({ commit: 'e'.repeat(40) }), 'acme/app/2');
  });

  test('none of another run', async () => {
    assert.equal(await found({ meta_data: { 'signalbox:run': order('b').run } }), 'acme/app/2');
  });
});

test('the end of a build that is over does no harm', async () => {
  await using world = await buildkiteWorld({ clock: hurried() });
  const mine = order('a');
  const build = await world.provider.start(mine, true, quiet, never);
  world.buildkite.builds[0]?.change({ state: 'passed' });
  await world.provider.cancel(mine, build, never);
});

test('a build that comes to be when nobody waits for its answer any more is ended as well', async () => {
  await using world = await buildkiteWorld({ clock: hurried() });
  const { buildkite, provider } = world;
  const mine = order('a');
  const stop = new AbortController();
  const made = Promise.withResolvers<() => void>();
  buildkite.fault = ({ method }, _response, answer) => {
    if (method === 'POST') made.resolve(answer);
    return method === 'POST';
  };
  const starting = provider.start(mine, true, quiet, stop.signal);
  const make = await made.promise;
  stop.abort('enough');
  await assert.rejects(starting);
  let looks = 0;
  buildkite.fault = ({ method }) => {
    if (method === 'GET' && ++looks === 2) make();
    return false;
  };
  await provider.cancel(mine, null, never);
  assert.equal(buildkite.builds[0]?.fields['state'], 'canceling');
});

test('the end of a build that is being made is asked for again, and that of a blocked one is refused', async () => {
  await using world = await buildkiteWorld({ clock: hurried() });
  const mine = order('a');
  const build = await world.provider.start(mine, true, quiet, never);
  const [fake] = world.buildkite.builds;
  fake?.change({ state: 'creating' });
  world.buildkite.fault = ({ method }, _response, answer) => {
    answer();
    if (method === 'GET') fake?.change({ state: 'scheduled' });
    return true;
  };
  await world.provider.cancel(mine, build, never);
  assert.equal(fake?.fields['state'], 'canceling');
  world.buildkite.fault = null;
  fake?.change({ state: 'blocked', blocked: true });
  await assert.rejects(world.provider.cancel(mine, build, never), /it is blocked/);
});

test('an answer that cannot be read ends nothing, unless others cannot either', {
  timeout: 30_000,
}, async () => {
  await using world = await buildkiteWorld({ clock: hurried() });
  const { buildkite, provider } = world;
  const build = await provider.start(order('a'), true, quiet, never);
  buildkite.builds[0]?.change({ state: 'passed' });
  let bad = ['', '[]', '{'];
  buildkite.fault = (_asked, response) => {
    const body = bad.shift();
    if (body === undefined) return false;
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    return true;
  };
  const seen = () => provider.observe(build, never)[Symbol.asyncIterator]().next();
  await assert.rejects(seen(), /is not what its API is known to give/);
  bad = ['', '[]'];
  assert.equal((await seen()).value?.ending?.outcome, 'success');
});

test('a state that nobody knows changes nothing, and is noted once', { timeout: 30_000 }, async () => {
  await using world = await buildkiteWorld({ clock: hurried() });
  const build = await world.provider.start(order('a'), true, quiet, never);
  const [fake] = world.buildkite.builds;
  fake?.change({ state: 'dreaming' });
  const seen: string[] = [];
  for await (const { ending } of world.provider.observe(build, never)) {
    seen.push(ending?.outcome ?? 'goes on');
    if (seen.length === 1) fake?.job('a');
    else fake?.change({ state: 'passed' });
  }
  assert.deepEqual(seen, ['goes on', 'goes on', 'success']);
  assert.equal(world.troubles.length, 1);
});
