import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type House, openHouse } from '../../../test/support/doors/open-house.ts';
import { exchange } from '../../../test/support/doors/raw-socket.ts';
import { admitPipeline, knot, pipelineFacts, workflow } from '../../../test/support/tangled/pipeline.ts';
import { createSystemClock } from '../../clock/system.ts';

const owner = 'did:plc:operator';
const identity = { hostname: 'ci.brookfield.example:6555', owner, dev: false };
const noPage = '404 page not found\n';
const text = 'text/plain; charset=utf-8';

/** A request as it is written; only its first line and what is given, and the whole answer. */
async function ask(url: string, first: string, headers: Record<string, string> = {}) {
  const fields = Object.entries({ Host: new URL(url).host, Connection: 'close', ...headers });
  const lines = [`${first} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  const answer = await exchange(url, `${lines.join('\r\n')}\r\n\r\n`);
  const [head = '', ...body] = answer.split('\r\n\r\n');
  const [status = '', ...answered] = head.split('\r\n');
  return {
    status: Number(status.split(' ')[1]),
    header: (name: string) =>
      answered.find(line => line.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2),
    body: body.join('\r\n\r\n'),
  };
}

const upgrade = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

describe('the door of a spindle', () => {
  let house: House;
  before(async () => {
    house = await openHouse({ spindle: identity });
    const facts = pipelineFacts('3m', { workflows: [workflow('te/st.yml'), workflow('a b.yml')] });
    await admitPipeline(house.store, createSystemClock(), facts);
  });
  after(() => house[Symbol.asyncDispose]());
  const known = `/logs/${knot}/3m/te%2Fst.yml`;

  const cases: readonly (readonly [request: string, status: number, body: string, more?: object])[] = [
    ['GET /foo', 404, noPage],
    ['GET /events/', 404, noPage],
    ['GET /logs/a/b', 404, noPage],
    ['GET /logs/a/b/', 404, noPage],
    ['GET /logs/a/b/c/d', 404, noPage],
    ['GET /webhooks/buildkite', 404, noPage],
    ['GET /xrpc/sh.tangled.unknown', 404, noPage],
    ['GET /logs/a/b/c', 404, 'logs not found\n'],
    ['GET /logs/knot.x:5555/3m/te%2Fst.yml', 404, 'logs not found\n'],
    ['POST /', 405, 'Method Not Allowed\n', { allow: 'GET, HEAD' }],
    ['POST /events', 405, 'Method Not Allowed\n', { allow: 'GET, HEAD' }],
    ['POST /anything', 405, 'Method Not Allowed\n', { allow: 'GET, HEAD' }],
    ['OPTIONS /events', 405, 'Method Not Allowed\n', { allow: 'GET, HEAD' }],
    ['PROPFIND /events', 405, 'Method Not Allowed\n', { allow: 'GET, HEAD' }],
    ['PUT /webhooks/buildkite', 405, 'Method Not Allowed\n', { allow: 'GET, HEAD, POST' }],
    ['POST /webhooks/buildkite', 503, 'buildkite provider not configured\n'],
    ['GET /events', 400, 'Bad Request\n', { 'sec-websocket-version': '13' }],
    ['HEAD /events', 400, '', { 'sec-websocket-version': '13' }],
    [`GET ${known}`, 400, 'Bad Request\n', { 'sec-websocket-version': '13' }],
    [`GET /logs/${knot}/3m/a%20b.yml`, 400, 'Bad Request\n', { 'sec-websocket-version': '13' }],
  ];
  for (const [request, status, body, more = {}] of cases)
    test(`${request}: ${status} ${body.trim()}`, async () => {
      const answer = await ask(house.publicUrl, request);
      assert.equal(answer.status, status);
      assert.equal(answer.body, body);
      for (const [name, value] of Object.entries({ 'content-type': text, ...more }))
        assert.equal(answer.header(name), value);
    });

  for (const [target, location] of [
    ['/logs//b/c', '/logs/b/c'],
    ['/logs/a/../b/c?x=1', '/logs/b/c?x=1'],
    ['//events', '/events'],
  ])
    test(`GET ${target}: it is at ${location}`, async () => {
      const answer = await ask(house.publicUrl, `GET ${target}`);
      assert.equal(answer.status, 301);
      assert.equal(answer.header('location'), location);
    });

  test('GET /: it says what it is', async () => {
    const answer = await ask(house.publicUrl, 'GET /');
    assert.equal(answer.status, 200);
    assert.equal(answer.header('content-type'), text);
    assert.match(answer.body, /Tangled spindle/);
    assert.match(answer.body, /https:\/\/\S+/);
    const head = await ask(house.publicUrl, 'HEAD /');
    assert.equal(head.status, 200);
    assert.equal(head.body, '');
  });

  test('GET /xrpc/sh.tangled.owner: who answers for it', async () => {
    const answer = await ask(house.publicUrl, 'GET /xrpc/sh.tangled.owner');
    assert.equal(answer.status, 200);
    assert.equal(answer.header('content-type'), 'application/json');
    assert.equal(answer.body, `{"owner":"${owner}"}\n`);
  });

  test('GET /.well-known/did.json: its document', async () => {
    const answer = await ask(house.publicUrl, 'GET /.well-known/did.json');
    assert.deepEqual(JSON.parse(answer.body), {
      '@context': ['https://www.w3.org/ns/did/v1'],
      id: 'did:web:ci.brookfield.example%3A6555',
      service: [
        {
          id: '#tangled_spindle',
          type: 'TangledSpindle',
          serviceEndpoint: 'https://ci.brookfield.example:6555',
        },
      ],
    });
  });

  const handshakes: readonly (readonly [why: string, status: number, headers: Record<string, string>])[] = [
    ['another version', 400, { ...upgrade, 'Sec-WebSocket-Version': '8' }],
    ['no key', 400, { ...upgrade, 'Sec-WebSocket-Key': '' }],
    ['a key that is none', 400, { ...upgrade, 'Sec-WebSocket-Key': 'short' }],
    ['another protocol', 400, { ...upgrade, Upgrade: 'h2c' }],
    ["another page's origin", 403, { ...upgrade, Origin: 'https://evil.example' }],
    ['an origin that is none', 403, { ...upgrade, Origin: 'null' }],
  ];
  for (const [why, status, headers] of handshakes)
    for (const target of ['/events', known])
      test(`a handshake with ${why} at ${target} is refused: ${status}`, async () => {
        const answer = await ask(house.publicUrl, `GET ${target}`, {
          ...headers,
          Connection: 'upgrade, close',
        });
        assert.equal(answer.status, status);
        assert.equal(answer.body, status === 400 ? 'Bad Request\n' : 'Forbidden\n');
        assert.equal(answer.header('sec-websocket-version'), '13');
      });

  test('an unknown log is said to be unknown before anything else', async () => {
    for (const headers of [upgrade, { ...upgrade, Origin: 'https://evil.example' }]) {
      const answer = await ask(house.publicUrl, 'GET /logs/a/b/c', {
        ...headers,
        Connection: 'upgrade, close',
      });
      assert.equal(answer.status, 404);
      assert.equal(answer.body, 'logs not found\n');
    }
  });

  test('a request for another protocol elsewhere is a request', async () => {
    const answer = await ask(house.publicUrl, 'GET /healthz', {
      Connection: 'Upgrade, close',
      Upgrade: 'h2c',
    });
    assert.equal(answer.status, 200);
  });

  test('other sources of the door keep what is theirs', async () => {
    assert.equal((await house.deliver({})).status, 202);
    assert.equal((await ask(house.publicUrl, 'GET /test')).status, 405);
    assert.equal((await ask(house.publicUrl, 'GET /test')).header('allow'), 'POST');
  });
});

test('nobody is named as the owner: that is an error of its own', async () => {
  await using house = await openHouse({ spindle: { ...identity, owner: null } });
  const answer = await ask(house.publicUrl, 'GET /xrpc/sh.tangled.owner');
  assert.equal(answer.status, 500);
  assert.equal(JSON.parse(answer.body).error, 'OwnerNotFound');
});

test('what is no spindle has none of its addresses', async () => {
  await using house = await openHouse();
  for (const target of ['/events', '/logs/a/b/c', '/xrpc/sh.tangled.owner', '/.well-known/did.json'])
    for (const headers of [{}, { ...upgrade, Connection: 'upgrade, close' }])
      assert.equal((await ask(house.publicUrl, `GET ${target}`, headers)).status, 404);
  assert.match((await ask(house.publicUrl, 'GET /')).body, /"name":"signalbox"/);
});
