import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { runId } from '../src/domain/id.ts';
import { createBodyRoom } from '../src/lib/body-room.ts';
import { createFace, faceLimits } from '../src/lib/go-http/face.ts';
import { openAt } from '../src/lib/listen/place.ts';
import { type Behaviour, ours, theirs } from '../src/sources/hooks/deviations.ts';
import { readHooks } from '../src/sources/hooks/file/read-hooks.ts';
import { serveHooks } from '../src/sources/hooks/serve-hooks.ts';
import type { Said } from './support/hooks/answer-of.ts';
import { openLab, type Recorded, type Recording } from './support/hooks/golden.ts';
import { runCommand } from './support/hooks/run-command.ts';
import { exchange } from './support/hooks/webhook.ts';

const lab = openLab();
after(() => lab[Symbol.dispose]());

/** What Node's parser refuses and the original takes: two framings at once. */
const stricter = ['telen'];

/** Hooks behind a real socket, with commands that are really run. */
async function openServer(
  { name, hooks }: Pick<Recording, 'name' | 'hooks'>,
  behaviour: Behaviour,
): Promise<{ readonly port: number; readonly log: readonly string[] } & AsyncDisposable> {
  const read = readHooks({ behaviour, template: null, references: null }, hooks);
  assert.equal(read.result, 'read');
  const isB = name === 'B';
  const stage = { cwd: lab.directory, env: { ...process.env, ...(isB ? { HOOK_AMBIENT: 'amb' } : {}) } };
  const log: string[] = [];
  const handler = serveHooks(
    {
      hooks: () => read.file.hooks,
      accept: async (_asked, decision) => ({
        result: 'kept',
        run:
          decision.result === 'run'
            ? {
                id: runId('0'.repeat(26)),
                ended: async () => {
                  const { succeeded, output } = await runCommand(decision.command, stage);
                  return { outcome: succeeded ? 'success' : 'failure', output, reason: null };
                },
                output: () => assert.fail('nothing is streamed here'),
              }
            : null,
        headers: [],
      }),
      aim: null,
      elsewhere: null,
      now: Date.now,
      log: (_request, line) => log.push(line),
    },
    {
      behaviour,
      headers: isB
        ? [
            { name: 'X-G', value: 'global' },
            { name: 'X-G2', value: 'g2' },
          ]
        : [],
      methods: [],
      multipartMemoryBytes: 1_048_576,
      longestBodyBytes: 1_000_000,
      urlPrefix: 'hooks',
      async: false,
    },
  );
  const server = createFace(handler, {
    tls: null,
    room: createBodyRoom(100_000_000),
    limits: faceLimits,
    nameRequest: () => 'abc',
    answered: () => {},
    failed: (_request, error) => log.push(String(error)),
  });
  const reachable = await openAt(server, { kind: 'address', host: '127.0.0.1', port: 0 });
  return {
    port: Number(reachable.split(':').at(-1)),
    log,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

for (const recording of lab.recordings)
  describe(`recorded answers over a socket, set ${recording.name}`, () => {
    for (const [n, recorded] of recording.cases.entries())
      test(`${n} ${recorded.name}`, async () => {
        await using server = await openServer(recording, theirs);
        const got = await exchange(server.port, recorded.request);
        if (stricter.includes(recorded.name)) assert.equal(got.status, '400');
        else assert.deepEqual(...compared(recorded, got));
      });
  });

/** Without the length where it depends on the machine. */
function compared({ answer, namesLab }: Recorded, got: Said): [got: Said, wanted: Said] {
  const plain = ({ headers, ...said }: Said): Said => ({
    ...said,
    headers: headers.filter(line => !namesLab || !line.startsWith('Content-Length:')).sort(),
  });
  return [plain(got), plain(answer)];
}

const post = (target: string, head: string, body: string): Buffer =>
  Buffer.from(`POST ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${head}\r\n${body}`);

const plain: Pick<Recording, 'name' | 'hooks'> = {
  name: 'plain',
  hooks: Buffer.from(
    JSON.stringify([
      { id: 'ok', 'execute-command': '/bin/true', 'response-message': 'started' },
      {
        id: 'no',
        'execute-command': '/bin/true',
        'trigger-rule': { match: { type: 'value', value: 'x', parameter: { source: 'url', name: 'a' } } },
      },
    ]),
  ),
};

test('D1: a body that breaks off runs nothing', async () => {
  await using server = await openServer(plain, ours);
  const { status } = await exchange(
    server.port,
    post('/hooks/ok', 'Transfer-Encoding: chunked\r\n', 'zz\r\n'),
  );
  assert.equal(status, '400');
  assert.ok(!server.log.some(line => line.includes('triggered successfully')));
});

test('D2: a body that is too long runs nothing', async () => {
  await using server = await openServer(plain, ours);
  const long = 'a'.repeat(1_000_001);
  const { status, body } = await exchange(
    server.port,
    post('/hooks/ok', `Content-Length: ${long.length}\r\n`, long),
  );
  assert.deepEqual({ status, body }, { status: '413', body: 'The body of the request is too large.' });
  assert.deepEqual(server.log.slice(1), ['ok got matched']);
});

test('the log says what the original says', async () => {
  await using server = await openServer(plain, ours);
  for (const target of ['/hooks/ok', '/hooks/no', '/hooks/none'])
    await exchange(server.port, post(target, 'Content-Length: 0\r\n', ''));
  const said = server.log.map(line => line.replace(/127\.0\.0\.1:\d+/, 'PEER'));
  for (const line of [
    'incoming HTTP POST request from PEER',
    'ok got matched',
    'ok hook triggered successfully',
    "no got matched, but didn't get triggered because the trigger rules were not satisfied",
  ])
    assert.ok(said.includes(line), `${line}\n${said.join('\n')}`);
});
