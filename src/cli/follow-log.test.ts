import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { startHostileServer } from '../../test/support/hostile-server.ts';
import { createApi } from './client.ts';
import { followLog, type LogLine } from './follow-log.ts';

const line = (seq: number): LogLine => ({
  seq,
  at: '2026-11-20T12:00:00.000Z',
  stream: 'stdout',
  text: `line ${seq}`,
});
const sent = (seq: number) => `id: ${seq}\ndata: ${JSON.stringify(line(seq))}\n\n`;
const end = 'event: end\ndata: {"outcome":"failure","exitCode":2,"finishedAt":"x","reason":null}\n\n';

/** Answers the first connection with the first function, and so on; follows the log of a run there. */
async function follow(...answers: ((response: ServerResponse, lastId: string | undefined) => void)[]) {
  const lastIds: (string | string[] | undefined)[] = [];
  await using server = await startHostileServer((request, response) => {
    const answer = answers[lastIds.length] ?? ((response: ServerResponse) => response.writeHead(404).end());
    const lastId = request.headers['last-event-id'];
    lastIds.push(lastId);
    answer(response, String(lastId));
  });
  const io = { signal: new AbortController().signal, now: Date.now };
  const api = createApi(io, { admin: server.url, public: null, token: null });
  const lines: LogLine[] = [];
  const ended = await followLog(io, api, '/api/runs/run_1', async line => void lines.push(line));
  return { ended, lastIds, lines };
}

test('lines come as they are written, then the end', async () => {
  const { ended, lines } = await follow(response =>
    response.end(`retry: 2000\n\n${sent(1)}: beat\n\n${sent(2)}${end}`),
  );
  assert.deepEqual(lines, [line(1), line(2)]);
  assert.deepEqual(ended, { outcome: 'failure', exitCode: 2, reason: null });
});

test('a broken connection is taken up after the last line, each line comes once', async () => {
  const { lastIds, lines } = await follow(
    response => {
      response.write(sent(1) + sent(2), () => response.destroy());
    },
    response => response.writeHead(503).end(),
    response => response.end(sent(2) + sent(3) + end),
  );
  assert.deepEqual(lastIds, [undefined, '2', '2']);
  assert.deepEqual(
    lines.map(({ seq }) => seq),
    [1, 2, 3],
  );
});

test('a server that never was there, or does not stream, is an error at once', async () => {
  await assert.rejects(
    follow(response => response.writeHead(503).end()),
    { code: 'unavailable' },
  );
  await assert.rejects(
    follow(response => response.writeHead(401).end()),
    { code: 'unauthenticated' },
  );
  await assert.rejects(
    follow(response => response.end()),
    { code: 'corrupt' },
  );
  await assert.rejects(
    follow(response => response.end('data: {"seq":"one"}\n\n')),
    { code: 'corrupt' },
  );
});
