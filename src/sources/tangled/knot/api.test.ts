import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSocketServer } from '../../../../test/support/tangled/http-server.ts';
import { createNet } from '../net.ts';
import { createKnotApi } from './api.ts';

const never = new AbortController().signal;
const net = createNet({ dev: true, allowsPrivateHosts: false, plc: 'http://plc.test', jetstream: null });

/** Asks a knot that gives the same answer to every question. */
async function asked(answer: unknown) {
  let questions = 0;
  const knot = await startSocketServer(
    (_request, response) => {
      questions += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    },
    () => false,
  );
  return {
    api: createKnotApi(net),
    host: knot.host,
    questions: () => questions,
    [Symbol.asyncDispose]: () => knot[Symbol.asyncDispose](),
  };
}

test('collaborators without end fill no memory', async () => {
  const items = Array.from({ length: 3_000 }, (_, n) => ({ subject: `did:plc:c${n}` }));
  const long = { subject: `did:plc:${'x'.repeat(100_000)}` };
  await using knot = await asked({ items: [long, { subject: 'nobody' }, ...items], cursor: 'more' });
  const found = await knot.api.collaborators(knot.host, 'did:plc:repo', never);
  assert.ok(found !== null && found.length <= 10_000, `${found?.length} were kept`);
  assert.ok(knot.questions() <= 5, `${knot.questions()} pages were read`);
  assert.deepEqual(found.slice(0, 2), ['did:plc:c0', 'did:plc:c1']);
});

test('a default branch of megabytes is none', async () => {
  await using knot = await asked({ name: 'r'.repeat(1_000_000) });
  assert.equal(await knot.api.defaultBranch(knot.host, 'did:plc:repo', never), null);
});
