import { createSystemClock } from '../../../src/clock/system.ts';
import type { News } from '../../../src/domain/run.ts';
import { announcePipelines } from '../../../src/engine/announce-pipelines.ts';
import { openHouse } from '../doors/open-house.ts';
import { admitPipeline, pipelineFacts, workflow } from './pipeline.ts';

/**
 * For tests that kill it: a spindle over a directory. It says where its door is, ends what its predecessor left, and then
 * has one pipeline after the other, or, with `idle`, none.
 */
const [directory = '', what] = process.argv.slice(2);
const clock = createSystemClock();
const house = await openHouse({
  directory,
  spindle: { hostname: 'ci.brookfield.example', owner: null, dev: true },
});
const { store, control } = house;
const never = new AbortController().signal;
const journal = { note: (note: unknown) => console.error(note) };
void announcePipelines({ store, control, clock, journal }, 'tangled', never);

const started = (): News => {
  const at = clock.now();
  return { kind: 'claimed', agent: 'a', claim: clock.unique(), at, leaseUntil: at };
};
const ended = (attempt: number): News => ({
  kind: 'finished',
  attempt,
  at: clock.now(),
  ending: { outcome: 'success', exitCode: 0, reason: null },
});

for (const state of ['queued', 'running'] as const) {
  const filter = { state, rule: null, event: null };
  for (const run of (await store.runs(filter, { limit: 1_000, after: null })).items) {
    if (state === 'queued') await store.amend(run.id, started());
    else await store.amend(run.id, ended(run.attempt));
    control.hint('feed');
  }
}
console.log(house.publicUrl);

async function work(): Promise<never> {
  for (;;) {
    const facts = pipelineFacts(clock.unique(), { workflows: ['a.yml', 'b.yml'].map(workflow) });
    const { runs } = await admitPipeline(store, clock, facts);
    control.hint('feed');
    for (const run of runs) await store.amend(run, started());
    control.hint('feed');
    for (const run of runs) await store.amend(run, ended(1));
    control.hint('feed');
    await clock.sleep(100, never);
  }
}

// Its door keeps it alive.
if (what === 'busy') await work();
