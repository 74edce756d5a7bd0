import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { alice, rid } from '../../../test/support/radicle/events.ts';
import { sourceSuite } from '../../contracts/source.suite.ts';
import type { Delivery } from '../../domain/delivery.ts';
import type { NewEvent } from '../../domain/event.ts';
import { deliveryId } from '../../domain/id.ts';
import { createGardenSource } from './source.ts';

const secret = 'what the Garden signs with';
const source = createGardenSource({ secrets: [secret], repositories: {}, isKept: () => false });
const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
const repository = { id: rid, name: 'heartwood', default_branch: 'main', delegates: [`did:key:${alice}`] };
const push = {
  repository,
  after: b,
  branch: 'main',
  context: 'ci',
  commit_status_url: 'https://garden.example.org/1',
};
const patch = {
  repository: { ...repository, clone_url: 'https://garden.example.org/z3.git' },
  action: 'Created',
  patch: {
    id: 'd'.repeat(40),
    author: { id: `did:key:${alice}`, alias: 'alice' },
    title: 'Lamps',
    before: a,
    after: b,
    commits: [b],
  },
};

function delivery(name: string, body: Uint8Array | object, key = secret): Delivery {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  return {
    id: deliveryId('0'.repeat(26)),
    source: 'garden',
    receivedAt: 0,
    peer: '192.0.2.1',
    method: 'POST',
    path: '/garden',
    headers: [
      ['content-type', 'application/json'],
      ['x-radicle-event-type', name],
      ['x-request-uuid', 'r-1'],
      ['x-hub-signature-256', `sha256=${createHmac('sha256', key).update(bytes).digest('hex')}`],
    ],
    body: bytes,
  };
}

sourceSuite('garden', {
  kind: 'http',
  create: () => source,
  accepted: () => [delivery('push', push), delivery('patch', patch)],
  idle: () => delivery('ping', {}),
  unproven: () => delivery('push', push, 'a guess'),
  proven: body => delivery(Buffer.from(body).includes('"patch"') ? 'patch' : 'push', body),
  secrets: [secret],
});

function read(name: string, body: object): NewEvent {
  const received = source.receive(delivery(name, body));
  assert.equal(received.result, 'accepted', JSON.stringify(received));
  return received.event;
}

test('a push, of which little is said: whoever it is by is a stranger', () => {
  const event = read('push', push);
  assert.deepEqual(
    [event.type, event.ref, event.after, event.repo?.name, event.repo?.url, event.deliveryId],
    ['push', 'refs/heads/main', b, rid, rid.replace(':', '://'), 'r-1'],
  );
  assert.equal(event.radicle?.standing, 'stranger');
  const named = read('push', { ...push, before: a, pusher: { id: `did:key:${alice}`, alias: null } });
  assert.equal(named.radicle?.standing, 'delegate');
  assert.equal(named.action, 'updated');
});

test('a patch, with commits as ids or as objects', () => {
  const event = read('patch', patch);
  assert.equal(event.action, 'created');
  assert.deepEqual([event.before, event.after, event.branch], [a, b, 'main']);
  assert.equal(event.repo?.url, 'https://garden.example.org/z3.git');
  assert.equal(event.patch?.authorIsMember, true);
  const commits = [{ id: b, message: 'More lamps', author: { name: 'Alice' }, added: [] }];
  const told = read('patch', { ...patch, patch: { ...patch.patch, commits } });
  assert.deepEqual(told.commits, [{ sha: b, message: 'More lamps', author: 'Alice' }]);
});

test("a stranger's revision of a delegate's patch is the stranger's", () => {
  const eve = 'z6MkeveIsNobodyHere';
  const by = (id: string, oid: string) => ({ id: 'e'.repeat(40), author: { id: `did:key:${id}` }, oid });
  const revised = (...revisions: readonly object[]) =>
    read('patch', { ...patch, action: 'Updated', patch: { ...patch.patch, revisions } });
  const event = revised(by(alice, a), by(eve, b));
  assert.deepEqual([event.radicle?.standing, event.radicle?.namespace], ['stranger', eve]);
  assert.deepEqual([event.actor.id, event.patch?.authorIsMember], [`did:key:${eve}`, false]);
  assert.equal(event.patch?.author.id, `did:key:${alice}`);
  assert.equal(revised(by(alice, b)).radicle?.standing, 'delegate');
  // Who has proposed it is not told, or only of other commits.
  assert.equal(revised().radicle?.standing, 'stranger');
  assert.equal(revised(by(alice, a)).radicle?.standing, 'stranger');
});

test('a secret of one repository is good for no other, and for that one no other is', () => {
  const own = 'what heartwood alone is signed with';
  const options = { secrets: [secret], repositories: { [rid]: [own] }, isKept: () => false };
  const source = createGardenSource(options);
  const about = (id: string, key: string) => {
    const received = source.receive(delivery('push', { ...push, repository: { ...repository, id } }, key));
    return received.result === 'accepted' ? 'accepted' : received.status;
  };
  assert.deepEqual([about(rid, own), about(rid, secret)], ['accepted', 401]);
  assert.deepEqual([about('rad:z3Other', own), about('rad:z3Other', secret)], [401, 'accepted']);
  const alone = createGardenSource({ ...options, secrets: [] });
  assert.equal(alone.receive(delivery('push', push, own)).result, 'accepted');
});

test('what is cloned is the repository that the delivery is about, never another one of a node', () => {
  const from = (clone_url: string | null) =>
    read('push', { ...push, repository: { ...repository, clone_url } });
  assert.equal(from('rad://z3Private').repo?.url, rid.replace(':', '://'));
  assert.equal(from('https://garden.example.org/a').repo?.url, 'https://garden.example.org/a');
});

test('nobody else is believed about a repository of our own node', () => {
  const source = createGardenSource({ secrets: [secret], repositories: {}, isKept: id => id === rid });
  const received = source.receive(delivery('push', { ...push, pusher: { id: `did:key:${alice}` } }));
  assert.ok(received.result === 'accepted');
  assert.equal(received.event.type, 'other');
  assert.match(received.event.note ?? '', /in the storage of our own node/);
});

test('a delivery without an id is known by its body for a while', () => {
  const at = (receivedAt: number, body = push) => {
    const { headers, ...rest } = delivery('push', body);
    const anonymous = headers.filter(([name]) => name !== 'x-request-uuid');
    const received = source.receive({ ...rest, headers: anonymous, receivedAt });
    assert.ok(received.result === 'accepted');
    return received.event.deliveryId;
  };
  assert.match(at(0) ?? '', /^[0-9a-f]{64}$/);
  assert.equal(at(0), at(60_000));
  assert.notEqual(at(0), at(0, { ...push, branch: 'topic' }));
  assert.notEqual(at(0), at(7_200_000));
});

test('without a secret there is no such source', () => {
  assert.throws(
    () => createGardenSource({ secrets: [], repositories: {}, isKept: () => false }),
    /sources\.garden\.secret is empty/,
  );
});
