import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFleet } from './support/fleet.ts';
import { githubRequest, push } from './support/github-payloads.ts';
import { withoutRabbitmq } from './support/rabbitmq-server.ts';
import { until } from './support/server.ts';

test('a listener of Lightspeed runs on the agents of its pool, and a push waits for one that is down', {
  skip: withoutRabbitmq,
  timeout: 110_000,
}, async () => {
  await using fleet = await openFleet('  []');
  const { server, witness } = fleet;
  const listener = { name: 'api', exec: `echo "$branch on $PWD" >> ${witness}`, cwd: '/' };
  writeFileSync(join(server.directory, 'api.json'), JSON.stringify(listener));
  const file = join(server.directory, 'signalbox.yaml');
  writeFileSync(
    file,
    `version: 1
data: ./data
transport: "${fleet.broker.url('sb')}"
lightspeed: { listeners: api.json, pool: deploy }
`,
  );
  await server.api('/api/reload', { method: 'POST' });
  const request = githubRequest('push', push({ name: 'acme/api', ref: 'refs/heads/main' }), 'unasked');
  const answer = await fetch(`${server.publicUrl}/receive_hook`, { method: 'POST', ...request });
  assert.equal(answer.status, 202);
  await fleet.agent({ name: 'box-1', pools: ['deploy'] });
  await until(() => fleet.witnessed().length === 1, 'the listener to run', 60_000);
  assert.deepEqual(fleet.witnessed(), ['main on /']);
});
