import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Packing, pack, sign } from './parcel.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-parcel-'));
});
after(() => rm(folder, { recursive: true }));

const plain: Packing = {
  edits: { repoUrl: undefined, sha: undefined, branch: undefined, set: [] },
  event: undefined,
  delivery: undefined,
  secret: undefined,
};
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

test('a payload is sent byte for byte, and signed over these bytes', async () => {
  const payload = '{ "zen":   "Keep it\\u0020simple" }\n';
  await writeFile(join(folder, 'ping.json'), payload);
  const { bytes, headers, path } = await pack(folder, 'ping.json', { ...plain, event: 'ping', secret: 's' });
  assert.equal(text(bytes), payload);
  assert.equal(path, '/github');
  assert.equal(headers['x-github-event'], 'ping');
  assert.equal(headers['x-hub-signature-256'], sign(Buffer.from(payload), 's'));
});

test('the signature is the one that GitHub documents', () => {
  assert.equal(
    sign(Buffer.from('Hello, World!'), "It's a Secret to Everybody"),
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  );
});

test('each parcel has a delivery id of its own, unless one is named', async () => {
  const ids = await Promise.all(
    [1, 2].map(async () => (await pack('/', 'github.push', plain)).headers['x-github-delivery']),
  );
  assert.notEqual(ids[0], ids[1]);
  const named = await pack('/', 'github.push', { ...plain, delivery: 'again' });
  assert.equal(named.headers['x-github-delivery'], 'again');
});

test('an exported event is sent again as it came, but with a new delivery id', async () => {
  const body = Buffer.from([0xff, 0x00, 0x7b]);
  const exported = {
    id: 'evt_01k00000000000000000000001',
    delivery: {
      id: 'dlv_1',
      source: 'github',
      receivedAt: '2026-11-20T12:00:00.000Z',
      peer: '127.0.0.1',
      method: 'POST',
      path: '/github?via=proxy',
      headers: [
        ['host', 'old.example'],
        ['content-length', '3'],
        ['x-github-event', 'push'],
        ['x-github-delivery', 'old'],
        ['x-hub-signature-256', 'sha256=kept'],
        ['x-twice', 'a'],
        ['x-twice', 'b'],
      ],
      authentication: { result: 'verified', by: 'X-Hub-Signature-256', secret: '1 of 1' },
      body: body.toString('base64'),
      bodyEncoding: 'base64',
      bodyBytes: 3,
    },
  };
  await writeFile(join(folder, 'event.json'), JSON.stringify(exported));
  const parcel = await pack(folder, 'event.json', plain);
  assert.deepEqual(Buffer.from(parcel.bytes), body);
  assert.equal(parcel.path, '/github?via=proxy');
  const { 'x-github-delivery': id, ...headers } = parcel.headers;
  assert.notEqual(id, 'old');
  assert.deepEqual(headers, {
    'x-github-event': 'push',
    'x-hub-signature-256': 'sha256=kept',
    'x-twice': 'a, b',
  });
  const signed = await pack(folder, 'event.json', { ...plain, secret: 's' });
  assert.equal(signed.headers['x-hub-signature-256'], sign(body, 's'));
});

test('what cannot be sent is said in a sentence', async () => {
  await writeFile(join(folder, 'broken.json'), '{');
  await writeFile(join(folder, 'bare.json'), '{}');
  await writeFile(join(folder, 'scheduled.json'), JSON.stringify({ id: 'evt_1', delivery: null }));
  await assert.rejects(
    pack(folder, 'nothing.json', plain),
    /no file and no sample "nothing.json"; samples: github\./,
  );
  await assert.rejects(pack(folder, 'broken.json', plain), /broken.json is not JSON/);
  await assert.rejects(pack(folder, 'bare.json', plain), /--event push/);
  await assert.rejects(pack(folder, 'scheduled.json', plain), /events replay/);
});
