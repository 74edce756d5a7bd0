import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultNames } from '../src/lib/fault-points.ts';
import { crashCampaign, figures, troubles } from './crash/campaign.ts';

/** The real program, killed while it works; `scripts/crash.ts` does the same for longer. */

test('A78, A79: whenever the server is killed, nothing is lost, stuck or done twice', {
  timeout: 110_000,
}, async t => {
  const campaign = await crashCampaign({ seed: 7, kills: 25, mostMs: 80_000, onKill: () => undefined });
  for (const [name, figure] of figures(campaign)) t.diagnostic(`${name}: ${figure}`);
  assert.deepEqual(troubles(campaign), []);

  const killers = new Set(campaign.rounds.flatMap(({ kills }) => Object.keys(kills)));
  assert.deepEqual(
    [...faultNames, 'moment'].filter(name => !killers.has(name)),
    [],
    'not every point was hit',
  );
  for (const { acknowledged, runs, linesCompared, statuses } of campaign.rounds)
    for (const [what, count] of Object.entries({ acknowledged, runs, linesCompared, statuses }))
      assert.ok(count > 20, `too little happened: ${count} ${what}`);
});
