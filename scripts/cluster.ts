/**
 * For the nightly run: three nodes of RabbitMQ, of which one is killed that has the tickets' leader and connections of
 * everybody, in the middle of a few hundred runs, with the shortest leases that there may be. Nothing may be lost, stuck, or
 * executed twice.
 *
 *   sh scripts/ready.sh node scripts/cluster.ts
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '../test/support/agent.ts';
import { startCluster } from '../test/support/rabbitmq-server.ts';
import { startServer, until } from '../test/support/server.ts';

const count = 300;
const directory = mkdtempSync(join(tmpdir(), 'signalbox-cluster-'));
const witness = join(directory, 'witness');
try {
  await using cluster = await startCluster(3);
  await using server = await startServer(`version: 1
data: ./data
transport: "${cluster.url('sb')}"
limits: { lease: 15s }
rules:
  - { name: once, on: manual, pool: linux, retry: { lost: 0 }, run: 'echo "$SIGNALBOX_RUN_ID" >> ${witness}' }
`);
  const settings = { pools: ['linux'], slots: 4, transport: cluster.url('sb') };
  await using _one = await startAgent({ ...settings, name: 'box-1' });
  await using _two = await startAgent({ ...settings, name: 'box-2' });
  const runs: string[] = [];
  for (let n = 0; n < count; n++) {
    const answer = await server.api<{ runs: string[] }>('/api/rules/once/run', {
      method: 'POST',
      body: '{}',
    });
    runs.push(...answer.runs);
    // The first node is the one that everybody has connected to.
    if (n === count / 3) await cluster.nodes[0]?.kill();
  }
  for (const run of runs) {
    const ended = await until(
      async () => {
        const found = await server.api<{ state: string; outcome: string; attempt: number }>(
          `/api/runs/${run}`,
        );
        return found.state === 'finished' ? found : undefined;
      },
      run,
      120_000,
    );
    assert.deepEqual([ended.outcome, ended.attempt], ['success', 1], run);
  }
  const executed = readFileSync(witness, 'utf8').split('\n').filter(Boolean);
  assert.equal(executed.length, count);
  assert.equal(new Set(executed).size, count);
  await cluster.nodes[0]?.start();
  process.stdout.write(`${count} runs: each executed once, with one of three nodes killed among them\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
