import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createRadicleHome,
  type RadicleHome,
  type RadicleRepository,
} from '../../../test/support/radicle/home.ts';
import { createPerson } from '../../../test/support/radicle/person.ts';
import type { NewEvent } from '../../domain/event.ts';
import { type Hint, type LookOptions, look, noHint } from './look.ts';
import type { Seen } from './position.ts';
import { openStorage } from './storage.ts';

const [ann, bob, eve] = [createPerson('ann'), createPerson('bob'), createPerson('eve')];
const path = process.env['PATH'] ?? '';

/** Looks again and again, and remembers. */
function watcher(
  home: RadicleHome,
  repository: RadicleRepository,
  firstSeen: LookOptions['firstSeen'] = 'ignore',
  files: LookOptions['files'] = ['README', 'none'],
) {
  let seen: Seen | undefined;
  return async (hint: Hint = noHint): Promise<readonly NewEvent[]> => {
    const stored = openStorage({ home: home.directory, path }).open(repository.rid);
    const looked = await look({ home: home.directory, path, firstSeen, files }, stored, seen, hint);
    ({ seen } = looked);
    const events: NewEvent[] = [];
    for await (const event of looked.events) events.push(event);
    return events;
  };
}

/** A repository of ann's with one commit, which is canonical. */
function open() {
  const home = createRadicleHome();
  const repository = home.createRepository({ delegates: [ann] });
  const first = repository.commit(null, 'First');
  repository.push(ann, 'refs/heads/main', first);
  repository.canonical('refs/heads/main', first);
  return { home, repository, first };
}
const brief = (events: readonly NewEvent[]) =>
  events.map(({ type, action, ref, before, after }) => [type, action, ref, before, after]);
const own = (ref: string, person = ann) => `refs/namespaces/${person.nid}/${ref}`;

test('what is seen for the first time is remembered, and no news', async () => {
  const { home, repository } = open();
  using _home = home;
  const look = watcher(home, repository);
  assert.deepEqual(await look(), []);
  assert.deepEqual(await look(), []);
});

test('a push tells who, what, and how they stand to the repository', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  await look();
  const second = repository.commit(first, 'Second', { README: '2', 'src/größer.ts': 'x' });
  const third = repository.commit(second, 'Third\n\nwith a body', { README: '3', 'src/größer.ts': 'x' });
  repository.push(ann, 'refs/heads/main', third);
  const [event, ...others] = await look({ ...noHint, fetchedFrom: bob.nid });
  assert.ok(event);
  assert.deepEqual(others, []);
  const { deliveryId, ...rest } = event;
  assert.match(deliveryId ?? '', /^[0-9a-f]{64}$/);
  assert.deepEqual(rest, {
    type: 'push',
    action: 'updated',
    repo: {
      forge: 'radicle',
      name: repository.rid,
      url: `rad://${repository.rid.slice(4)}`,
      defaultBranch: 'main',
    },
    ref: own('refs/heads/main'),
    branch: 'main',
    before: first,
    after: third,
    commits: [
      { sha: second, message: 'Second', author: 'Ann' },
      { sha: third, message: 'Third\n\nwith a body', author: 'Ann' },
    ],
    changed: ['README', 'src/größer.ts'],
    actor: { id: ann.did, name: null },
    patch: null,
    radicle: {
      namespace: ann.nid,
      standing: 'delegate',
      fetchedFrom: bob.nid,
      project: { name: 'heartwood', description: 'A project', isPrivate: false, delegates: [ann.did] },
      files: ['README'],
      parent: first,
      patch: null,
    },
    pipeline: null,
    call: null,
    target: null,
    caughtUp: false,
    note: null,
  });
});

test('branches and tags, made, moved and deleted; what Radicle keeps for itself is no news', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  await look();
  repository.push(ann, 'refs/heads/topic/a', first);
  repository.push(ann, 'refs/tags/v1', first);
  repository.push(ann, 'refs/notes/commits', first);
  repository.push(ann, 'refs/cobs/xyz.radicle.issue/1', first);
  assert.deepEqual(brief(await look()), [
    ['push', 'created', own('refs/heads/topic/a'), null, first],
    ['tag', 'created', own('refs/tags/v1'), null, first],
  ]);
  repository.push(ann, 'refs/heads/topic/a', null);
  assert.deepEqual(brief(await look()), [['push', 'deleted', own('refs/heads/topic/a'), first, null]]);
});

test('of a repository that has come meanwhile, news is what the node names', async () => {
  const { home, repository, first } = open();
  using _home = home;
  repository.push(ann, 'refs/heads/topic', first);
  const line = (about: string) => [{ line: '{}', about: [about] }];
  const created = { ref: own('refs/heads/topic'), before: null, after: first };
  const fetched = { fetchedFrom: bob.nid, updates: [created], told: line(created.ref) };
  assert.deepEqual(brief(await watcher(home, repository, 'told')(fetched)), [
    ['push', 'created', created.ref, null, first],
  ]);
  const announced = { ...noHint, told: line(own('')) };
  assert.deepEqual(
    (await watcher(home, repository, 'told')(announced)).map(({ branch }) => branch),
    ['main', 'topic'],
  );
  assert.deepEqual(await watcher(home, repository, 'told')(), []);
});

test('a repository in which there is nothing yet has not been seen', async () => {
  const home = createRadicleHome();
  using _home = home;
  const repository = home.createRepository({ delegates: [ann] });
  const look = watcher(home, repository, 'all');
  assert.deepEqual(await look(), []);
  repository.push(ann, 'refs/heads/main', repository.commit(null));
  assert.deepEqual(
    (await look()).map(({ action }) => action),
    ['created'],
  );
});

test('a branch that goes to and fro is news each time', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  await look();
  const second = repository.commit(first);
  const ids = new Set<string | null>();
  for (const to of [second, first, second, first]) {
    repository.push(ann, 'refs/heads/main', to);
    for (const { deliveryId } of await look()) ids.add(deliveryId);
  }
  assert.equal(ids.size, 4);
});

test('after a merge only what is new is told; after a reset the commit it was reset to', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  const left = repository.commit(first, 'Left');
  repository.push(ann, 'refs/heads/main', left);
  await look();
  const right = repository.commit(first, 'Right');
  const merge = repository.git(
    '-c',
    'user.name=Ann',
    '-c',
    'user.email=a@b',
    'commit-tree',
    `${left}^{tree}`,
    '-p',
    left,
    '-p',
    right,
    '-m',
    'Merge',
  );
  repository.push(ann, 'refs/heads/main', merge);
  assert.deepEqual(
    (await look())[0]?.commits.map(({ sha }) => sha),
    [right, merge],
  );
  repository.push(ann, 'refs/heads/main', first);
  assert.deepEqual(
    (await look())[0]?.commits.map(({ sha }) => sha),
    [first],
  );
});

test('a new namespace in a known repository is news, and that of a stranger', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  await look();
  const evil = repository.commit(first, 'Evil');
  repository.push(eve, 'refs/heads/main', evil);
  const [event] = await look();
  assert.equal(event?.radicle?.standing, 'stranger');
  assert.equal(event.radicle.namespace, eve.nid);
  assert.equal(event.action, 'created');
});

test('what the delegates agree on moves by itself, in the name of the delegate who has it', async () => {
  const { home, first } = open();
  using _home = home;
  const repository = home.createRepository({ delegates: [ann, bob] });
  repository.push(ann, 'refs/heads/main', repository.commit(null));
  const look = watcher(home, repository);
  await look();
  const agreed = repository.commit(null, 'Agreed');
  repository.push(bob, 'refs/heads/main', agreed);
  repository.canonical('refs/heads/main', agreed);
  const [push, canonical] = await look();
  assert.equal(push?.type, 'push');
  assert.deepEqual(brief(canonical ? [canonical] : []), [
    ['canonical', 'created', 'refs/heads/main', null, agreed],
  ]);
  assert.equal(canonical?.actor.id, bob.did);
  assert.equal(canonical.radicle?.standing, 'delegate');
  assert.equal(canonical.radicle.namespace, null);
  assert.notEqual(first, agreed);
});

test('a patch by its author, and a revision of it by somebody else', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  await look();
  const proposed = repository.commit(first, 'Proposed');
  const patch = repository.change(eve, null, [
    { type: 'edit', title: 'More "lamps"', target: 'delegates' },
    { type: 'revision', description: 'Please', base: first, oid: proposed },
  ]);
  repository.push(eve, `refs/heads/patches/${patch}`, proposed);
  repository.change(ann, patch, [{ type: 'label', labels: ['small', 'bug'] }]);
  const [created, ...others] = await look();
  assert.deepEqual(others, []);
  assert.ok(created?.patch && created.radicle?.patch);
  assert.equal(created.type, 'patch');
  assert.equal(created.action, 'created');
  assert.equal(created.patch.number, patch);
  assert.equal(created.patch.title, 'More "lamps"');
  assert.equal(created.branch, 'main');
  assert.deepEqual([created.before, created.after], [first, proposed]);
  assert.deepEqual(
    created.commits.map(({ sha }) => sha),
    [proposed],
  );
  assert.equal(created.patch.authorIsMember, false);
  assert.deepEqual(created.radicle.patch.labels, ['bug', 'small']);
  assert.equal(created.radicle.patch.target, first);
  assert.deepEqual(
    created.radicle.patch.revisions.map(({ id, oid, author, description }) => [
      id,
      oid,
      author.id,
      description,
    ]),
    [[patch, proposed, eve.did, 'Please']],
  );

  const better = repository.commit(first, 'Better');
  repository.change(bob, patch, [{ type: 'revision', description: 'So', base: first, oid: better }]);
  repository.push(bob, `refs/heads/patches/${patch}`, better);
  const [updated] = await look();
  assert.equal(updated?.action, 'updated');
  assert.equal(updated.after, better);
  assert.equal(updated.actor.id, bob.did);
  assert.equal(updated.patch?.author.id, eve.did);
  assert.equal(updated.radicle?.patch?.revisions.length, 2);
});

test('of a repository that is seen for the first time, as much is told as was asked for', async () => {
  const { home, repository, first } = open();
  using _home = home;
  repository.push(ann, 'refs/heads/topic', first);
  assert.deepEqual(brief(await watcher(home, repository, 'default-branch')()), [
    ['canonical', 'created', 'refs/heads/main', null, first],
  ]);
  const all = await watcher(home, repository, 'all')();
  assert.deepEqual(
    all.map(({ type, branch }) => [type, branch]),
    [
      ['push', 'main'],
      ['push', 'topic'],
      ['canonical', 'main'],
    ],
  );
});

test('where nothing is signed, the node is taken at its word', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  await look();
  const ref = own('refs/heads/main', bob);
  repository.git('update-ref', ref, first);
  const updates = [{ ref, before: null, after: first }];
  assert.deepEqual(brief(await look({ ...noHint, fetchedFrom: eve.nid, updates })), [
    ['push', 'created', ref, null, first],
  ]);
  assert.deepEqual(
    await look({
      ...noHint,
      fetchedFrom: eve.nid,
      updates: [{ ...updates[0], ref: own('refs/heads/main'), before: null, after: first }],
    }),
    [],
  );
});

test('a namespace that goes away is told once, and again when it goes again', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  await look();
  const ref = own('refs/heads/main', bob);
  const ids = new Set<string | null>();
  for (const hint of [{ ...noHint, updates: [{ ref, before: first, after: null }] }, noHint]) {
    repository.push(bob, 'refs/heads/main', first);
    await look();
    for (const name of ['refs/heads/main', 'refs/rad/sigrefs'])
      repository.git('update-ref', '-d', own(name, bob));
    const gone = await look(hint);
    assert.deepEqual(brief(gone), [['push', 'deleted', ref, first, null]]);
    for (const { deliveryId } of gone) ids.add(deliveryId);
  }
  assert.equal(ids.size, 2);
});

test('a repository that is none of Radicle says what is wrong with it', async () => {
  const { home, repository } = open();
  using _home = home;
  const look = watcher(home, repository, 'all');
  repository.git('update-ref', '-d', 'refs/rad/id');
  await assert.rejects(look(), /has no identity document that can be read/);
});

test('nobody keeps others from being heard by pushing something large', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  await look();
  const large = 'x'.repeat(70 * 1024 * 1024);
  const proposed = repository.commit(first, 'Large', { README: large });
  repository.push(eve, 'refs/heads/main', proposed);
  const patch = repository.change(ann, null, [{ type: 'revision', base: first, oid: first }]);
  repository.change(eve, patch, [{ type: 'revision', description: large, base: first, oid: proposed }]);
  repository.push(eve, `refs/heads/patches/${patch}`, proposed);
  repository.push(ann, 'refs/heads/main', repository.commit(first));
  // Bob has signed more than anybody reads; so nothing of his is told.
  repository.git(
    'update-ref',
    own('refs/rad/sigrefs', bob),
    repository.commit(null, 'Sign', { refs: large }),
  );
  const events = await look();
  assert.deepEqual(
    events.map(({ type, ref }) => `${type} ${ref}`).toSorted(),
    [
      `patch ${own(`refs/heads/patches/${patch}`, eve)}`,
      `push ${own('refs/heads/main', ann)}`,
      `push ${own('refs/heads/main', eve)}`,
    ].toSorted(),
  );
  const [update] = events.filter(({ type }) => type === 'patch');
  assert.deepEqual(update?.radicle?.files, ['README']);
  assert.deepEqual(
    update?.radicle?.patch?.revisions.map(({ id }) => id),
    [patch],
  );
});

test('a ref of which something cannot be read is told without that', async () => {
  const { home, repository, first } = open();
  using _home = home;
  // Of such a path git says nothing but that it is none, outside a working tree.
  const look = watcher(home, repository, 'ignore', ['./README']);
  await look();
  repository.push(ann, 'refs/heads/main', repository.commit(first));
  assert.equal((await look()).length, 1);
});

test('a ref is called what it is called, with line breaks and spaces of other alphabets', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  await look();
  const second = repository.commit(first);
  const refs = ['refs/heads/main\u2028x', 'refs/heads/no\u00a0break'];
  for (const ref of refs) {
    repository.push(ann, ref, second);
    repository.canonical(ref, second);
  }
  // Neither is taken for main, which has not moved.
  assert.deepEqual(
    brief(await look()).map(([type, , ref]) => [type, ref]),
    [...refs.map(ref => ['push', own(ref)]), ...refs.map(ref => ['canonical', ref])],
  );
});

test('of many refs that somebody has moved at once, no more is in memory than is taken', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const stored = openStorage({ home: home.directory, path }).open(repository.rid);
  let logs = 0;
  const counted: typeof stored = {
    ...stored,
    git: (args, input) => {
      if (args[0] === 'log') logs += 1;
      return stored.git(args, input);
    },
  };
  const options = { home: home.directory, path, firstSeen: 'ignore', files: [] } as const;
  const { seen } = await look(options, counted, undefined, noHint);
  const refs = Array.from({ length: 60 }, (_, n) => [`refs/heads/b${n}`, repository.commit(first)] as const);
  repository.pushAll(eve, new Map(refs));
  let taken = 0;
  for await (const event of (await look(options, counted, seen, noHint)).events) {
    taken += 1;
    assert.ok(logs < taken + 10, `${logs} histories are read for ${taken} events`);
    assert.equal(event.type, 'push');
  }
  assert.equal(taken, 60);
});

test('paths as long as nobody writes them are not kept with each event', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const look = watcher(home, repository);
  await look();
  const second = repository.commit(first, 'Long', { ['x'.repeat(300_000)]: '' });
  repository.push(ann, 'refs/heads/main', second);
  const [event] = await look();
  assert.equal(event?.after, second);
  assert.equal(event.changed, null);
});

test('of as many refs as somebody has signed, news is what the node names among as many', async () => {
  const { home, repository, first } = open();
  using _home = home;
  const refs = Array.from({ length: 5_000 }, (_, n) => [`refs/heads/b${n}`, first] as const);
  repository.pushAll(eve, new Map(refs));
  const about = (line: number) => Array.from({ length: 500 }, (_, n) => own(`refs/heads/x${line}/${n}`, eve));
  const told = Array.from({ length: 200 }, (_, n) => ({ line: `${n}`, about: about(n) }));
  const hint = { ...noHint, told: [...told, { line: 'last', about: [own('refs/heads/b7', eve)] }] };
  assert.deepEqual(
    brief(await watcher(home, repository, 'told')(hint)).map(([, , ref]) => ref),
    [own('refs/heads/b7', eve)],
  );
});
