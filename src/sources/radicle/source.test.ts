import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeNode } from '../../../test/support/radicle/fake-node.ts';
import { createRadicleHome, type RadicleHome } from '../../../test/support/radicle/home.ts';
import { createPerson } from '../../../test/support/radicle/person.ts';
import { createSystemClock } from '../../clock/system.ts';
import { sourceSuite } from '../../contracts/source.suite.ts';
import type { NewEvent } from '../../domain/event.ts';
import type { Json } from '../../domain/json.ts';
import { createRadicleSource, type RadicleOptions } from './source.ts';

const ann = createPerson('ann');
const options = { timeout: 60_000 };

function sourceOf(
  home: RadicleHome,
  trouble: (error: unknown) => void,
  changes: Partial<RadicleOptions> = {},
) {
  return createRadicleSource({
    home: home.directory,
    socket: home.socket,
    reconcileMs: 3_600_000,
    firstSeen: 'ignore',
    files: [],
    path: process.env['PATH'] ?? '',
    clock: createSystemClock(),
    trouble,
    ...changes,
  });
}

/** Listens from a position, and keeps what is found as an engine would. */
function listen(home: RadicleHome, position: Json = null, changes: Partial<RadicleOptions> = {}) {
  const troubles: string[] = [];
  const source = sourceOf(home, error => void troubles.push(String(error)), changes);
  const stop = new AbortController();
  const events: NewEvent[] = [];
  const lines: (string | null)[] = [];
  let latest: Json = position;
  const over = (async () => {
    for await (const found of source.listen(position, stop.signal)) {
      events.push(...found.events);
      lines.push(
        ...found.events.map(() => found.delivery && Buffer.from(found.delivery.delivery.body).toString()),
      );
      if (found.position !== undefined) latest = found.position;
    }
  })();
  return {
    source,
    events,
    lines,
    troubles,
    position: () => latest,
    until: (is: () => boolean) => until(is, over),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await over;
    },
  };
}

async function until(is: () => boolean, over: Promise<void>): Promise<void> {
  const gone = over.then(() => assert.fail('it has stopped listening'));
  gone.catch(() => undefined);
  for (const deadline = Date.now() + 30_000; !is(); ) {
    assert.ok(Date.now() < deadline, 'it does not come');
    await Promise.race([sleep(5), gone]);
  }
}

function open() {
  const home = createRadicleHome();
  const repository = home.createRepository({ delegates: [ann] });
  const first = repository.commit(null, 'First');
  repository.push(ann, 'refs/heads/main', first);
  return { home, repository, first };
}

sourceSuite('radicle', {
  kind: 'stream',
  create: async () => {
    const { home, repository, first } = open();
    const node = await startFakeNode(home.socket);
    const source = sourceOf(home, () => {});
    let pushed = 0;
    return {
      source,
      async happen() {
        // What is there when it looks for the first time is no news.
        while (source.state().lastAt === null) await sleep(5);
        pushed += 1;
        repository.push(ann, `refs/heads/b${pushed}`, first);
        node.tell(fetched(repository.rid));
        source.reconcile();
      },
      async [Symbol.asyncDispose]() {
        await node[Symbol.asyncDispose]();
        home[Symbol.dispose]();
      },
    };
  },
});

const fetched = (rid: string) => ({ type: 'refsFetched', rid, remote: ann.nid, updated: [] });

test('what the node tells is looked at, whatever else it says', options, async () => {
  const { home, repository, first } = open();
  using _home = home;
  await using node = await startFakeNode(home.socket);
  await using watching = listen(home);
  await watching.until(() => watching.source.state().lastAt !== null);
  await node.subscribed();
  assert.deepEqual(node.commands, ['{"command":"subscribe"}']);
  repository.push(ann, 'refs/heads/main', repository.commit(first));
  node.tell('garbage', '{"type":"somethingNew","x":1}', '[]', '', { type: 'peerConnected', nid: ann.nid });
  node.tell({ type: 'refsFetched', rid: 'rad:../../etc', remote: ann.nid, updated: [] });
  node.tell(fetched(repository.rid));
  await watching.until(() => watching.events.length === 1);
  repository.push(ann, 'refs/heads/topic', first);
  node.tell({
    type: 'localRefsAnnounced',
    rid: repository.rid,
    refs: { remote: ann.nid, at: first },
    timestamp: 1,
  });
  await watching.until(() => watching.events.length === 2);
  repository.canonical('refs/heads/main', first);
  node.tell({ type: 'canonicalRefUpdated', rid: repository.rid, refname: 'refs/heads/main', target: first });
  await watching.until(() => watching.events.length === 3);
  assert.deepEqual(
    watching.events.map(({ type, branch }) => [type, branch]),
    [
      ['push', 'main'],
      ['push', 'topic'],
      ['canonical', 'main'],
    ],
  );
  assert.deepEqual(watching.troubles, []);
});

test('nothing is lost and nothing doubled while the node and we ourselves come and go', options, async () => {
  const { home, repository, first } = open();
  using _home = home;
  const others = Array.from({ length: 4 }, () => home.createRepository({ delegates: [ann] }));
  const all = [repository, ...others];
  const events: NewEvent[] = [];
  let position: Json = null;
  let pushed = 0;
  const tips = new Map(others.map(each => [each.rid, each.commit(null)]));
  for (const each of others) each.push(ann, 'refs/heads/former', tips.get(each.rid) ?? first);
  tips.set(repository.rid, first);
  const push = (n: number): string => {
    const to = all[n % all.length] ?? repository;
    const tip = to.commit(tips.get(to.rid) ?? first);
    tips.set(to.rid, tip);
    to.push(ann, `refs/heads/b${n}`, tip);
    pushed += 1;
    return to.rid;
  };
  {
    await using watching = listen(home);
    await watching.until(() => watching.source.state().lastAt !== null && watching.position() !== null);
    position = watching.position();
  }
  for (let life = 0; life < 3; life += 1) {
    push(life * 10); // while nobody listens
    await using watching = listen(home, position);
    for (let restart = 1; restart < 4; restart += 1) {
      await using node = await startFakeNode(home.socket);
      await node.subscribed();
      node.tell(fetched(push(life * 10 + restart)), fetched(repository.rid), fetched(repository.rid));
      node.drop();
      push(life * 10 + restart + 4); // while the connection is gone
      await node.subscribed();
    }
    await watching.until(() => events.length + watching.events.length >= pushed);
    events.push(...watching.events);
    position = watching.position();
  }
  assert.equal(events.length, pushed);
  assert.equal(new Set(events.map(({ deliveryId }) => deliveryId)).size, pushed);
});

test('what the node has told of an event is kept with it, as it came', options, async () => {
  const { home, repository, first } = open();
  using _home = home;
  await using watching = listen(home);
  const lastAt = () => watching.source.state().lastAt;
  await watching.until(() => lastAt() !== null);
  const before = lastAt();
  await using node = await startFakeNode(home.socket);
  await node.subscribed();
  // Each connection is followed by a look, which would find what changes before the node can tell of it.
  await watching.until(() => lastAt() !== before);
  const [main, topic, silent] = ['main', 'topic', 'silent'].map(
    name => `refs/namespaces/${ann.nid}/refs/heads/${name}`,
  );
  const tip = repository.commit(first);
  repository.git('update-ref', topic ?? '', tip);
  repository.git('update-ref', silent ?? '', tip);
  repository.push(ann, 'refs/heads/main', tip);
  const line = JSON.stringify({
    ...fetched(repository.rid),
    updated: [{ updated: { name: main, old: first, new: tip } }, { created: { name: topic, oid: tip } }],
  });
  node.tell(line);
  await watching.until(() => watching.events.length === 3);
  const told = new Map(watching.events.map(({ ref }, index) => [ref, watching.lines[index]]));
  assert.deepEqual(
    [main, topic, silent].map(ref => told.get(ref ?? '')),
    [line, line, null],
  );

  const announced = JSON.stringify({
    type: 'localRefsAnnounced',
    rid: repository.rid,
    refs: { remote: ann.nid, at: first },
    timestamp: 1,
  });
  repository.push(ann, 'refs/heads/main', first);
  node.tell(announced);
  await watching.until(() => watching.events.length === 4);
  assert.equal(watching.lines[3], announced);
});

test('a thousand events of the node at once are one look', options, async () => {
  const { home, repository, first } = open();
  using _home = home;
  await using node = await startFakeNode(home.socket);
  await using watching = listen(home);
  await watching.until(() => watching.source.state().lastAt !== null);
  await node.subscribed();
  repository.push(ann, 'refs/heads/main', repository.commit(first));
  node.tell(...Array.from({ length: 1000 }, () => fetched(repository.rid)));
  await watching.until(() => watching.events.length > 0);
  repository.push(ann, 'refs/heads/last', first);
  node.tell(fetched(repository.rid));
  await watching.until(() => watching.events.length > 1);
  assert.equal(watching.events.length, 2);
});

test(
  'without a node its repositories are looked through all the same, and it is said where it should be',
  options,
  async () => {
    const { home, repository, first } = open();
    using _home = home;
    await using watching = listen(home);
    await watching.until(() => watching.source.state().lastAt !== null && watching.troubles.length > 0);
    const [problem = ''] = watching.source.state().problems;
    assert.ok(problem.includes(home.socket) && problem.includes('there is no such socket'), problem);
    repository.push(ann, 'refs/heads/main', repository.commit(first));
    watching.source.reconcile();
    await watching.until(() => watching.events.length === 1);
    await using node = await startFakeNode(home.socket);
    await node.subscribed();
    await watching.until(() => watching.source.state().problems.length === 0);
  },
);

test('a node that is slow, and writes byte by byte', options, async () => {
  const { home, repository, first } = open();
  using _home = home;
  await using node = await startFakeNode(home.socket);
  await using watching = listen(home);
  await watching.until(() => watching.source.state().lastAt !== null);
  await node.subscribed();
  repository.push(ann, 'refs/heads/größer', repository.commit(first));
  await node.dribble({ ...fetched(repository.rid), note: 'größer' });
  await watching.until(() => watching.events.length === 1);
  assert.equal(watching.events[0]?.branch, 'größer');
  assert.deepEqual(watching.troubles, []);
});

test('a thousand changes at once are a thousand events, each once', options, async () => {
  const { home, repository, first } = open();
  using _home = home;
  await using node = await startFakeNode(home.socket);
  await using watching = listen(home);
  await watching.until(() => watching.source.state().lastAt !== null);
  await node.subscribed();
  const names = Array.from({ length: 1000 }, (_, n) => `refs/heads/b${n}`);
  repository.pushAll(ann, new Map(names.map(name => [name, first])));
  node.tell(
    ...names.map(name => ({
      ...fetched(repository.rid),
      updated: [{ created: { name: `refs/namespaces/${ann.nid}/${name}`, oid: first } }],
    })),
  );
  await watching.until(() => watching.events.length >= 1000);
  assert.equal(new Set(watching.events.map(({ deliveryId }) => deliveryId)).size, 1000);
  repository.push(ann, 'refs/heads/last', first);
  watching.source.reconcile();
  await watching.until(() => watching.events.length > 1000);
  assert.equal(watching.events.length, 1001);
});

test('it looks by itself now and then', options, async () => {
  const { home, repository, first } = open();
  using _home = home;
  await using watching = listen(home, null, { reconcileMs: 50 });
  await watching.until(() => watching.source.state().lastAt !== null);
  repository.push(ann, 'refs/heads/main', repository.commit(first));
  await watching.until(() => watching.events.length === 1);
});

test('a node that says there is an error is asked again', options, async () => {
  const { home } = open();
  using _home = home;
  let asked = 0;
  const server = createServer(socket => {
    asked += 1;
    socket.resume();
    socket.on('error', () => undefined);
    socket.end(asked === 1 ? '{"error":"busy"}\n' : '');
  }).listen(home.socket);
  await once(server, 'listening');
  {
    await using watching = listen(home);
    await watching.until(() => asked > 1);
    assert.match(watching.troubles.join('\n'), /says: busy/);
  }
  server.close();
  await once(server, 'close');
});

test('a repository that cannot be read keeps no other from being looked at', options, async () => {
  const { home, repository, first } = open();
  using _home = home;
  const broken = home.createRepository({ delegates: [ann] });
  rmSync(join(broken.directory, 'HEAD'));
  await using watching = listen(home);
  await watching.until(() => watching.source.state().lastAt !== null);
  assert.match(watching.source.state().problems.join('\n'), new RegExp(`git cannot read ${broken.rid}`));
  repository.push(ann, 'refs/heads/main', repository.commit(first));
  watching.source.reconcile();
  await watching.until(() => watching.events.length === 1);
});

test('a problem goes with the repository that had it', options, async () => {
  const { home, repository } = open();
  using _home = home;
  const broken = home.createRepository({ delegates: [ann] });
  rmSync(join(broken.directory, 'HEAD'));
  await using node = await startFakeNode(home.socket);
  await using watching = listen(home);
  await watching.until(() => watching.source.state().problems.length === 1);
  await node.subscribed();
  rmSync(broken.directory, { recursive: true });
  watching.source.reconcile();
  await watching.until(() => watching.source.state().problems.length === 0);
  // What the node tells of one that we do not have is nothing that is wrong.
  node.tell(fetched(broken.rid), fetched(repository.rid));
  repository.push(ann, 'refs/heads/last', repository.commit(null));
  watching.source.reconcile();
  await watching.until(() => watching.events.length === 1);
  assert.deepEqual(watching.source.state().problems, []);
});

test('that the node is gone is told apart from a repository that cannot be read', options, async () => {
  const { home } = open();
  using _home = home;
  rmSync(join(home.createRepository({ delegates: [ann] }).directory, 'HEAD'));
  await using watching = listen(home);
  const state = () => watching.source.state();
  await watching.until(() => state().node.problem !== null && state().problems.length === 2);
  {
    await using node = await startFakeNode(home.socket);
    await node.subscribed();
    await watching.until(() => state().node.connected);
    assert.equal(state().node.problem, null);
    assert.equal(state().problems.length, 1);
  }
  await watching.until(() => !state().node.connected);
});

test('where there is no storage, that is said', options, async () => {
  const { home } = open();
  using _home = home;
  rmSync(join(home.directory, 'storage'), { recursive: true });
  await using watching = listen(home);
  await watching.until(() => watching.troubles.length > 1);
  assert.match(
    watching.troubles.join('\n'),
    /storage of the node cannot be read at .*check sources\.radicle\.home/,
  );
});
