import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEars } from './ears.ts';

const never = new AbortController().signal;
/** Nobody wakes by the clock. */
const clock = {
  sleep: (_ms: number, signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
};

/** Whether a wait is over by now. */
async function isOver(wait: Promise<void>): Promise<boolean> {
  const still = Symbol();
  return (await Promise.race([wait, new Promise(resolve => setImmediate(resolve, still))])) !== still;
}

test('a word about its build wakes who waits; another build, or the state that is known, does not', async () => {
  const ears = createEars(clock);
  using ear = ears.listen();
  ear.looks();
  ear.sees('b1', 'running');
  const wait = ear.wait(1, never);
  ears.hear({ build: 'b2', state: 'passed' });
  ears.hear({ build: 'b1', state: 'running' });
  assert.equal(await isOver(wait), false);
  ears.hear({ build: 'b1', state: 'passed' });
  await wait;
  assert.ok(ear.hasHeard);
});

test('a word about a job always does', async () => {
  const ears = createEars(clock);
  using ear = ears.listen();
  ear.sees('b1', 'running');
  ears.hear({ build: 'b1', state: null });
  await ear.wait(1, never);
});

test('what comes while the build is looked at is not missed, and what came before is no news', async () => {
  const ears = createEars(clock);
  using ear = ears.listen();
  ear.sees('b1', 'running');
  ears.hear({ build: 'b1', state: 'failing' });
  ear.looks();
  assert.equal(await isOver(ear.wait(1, never)), false);
  ears.hear({ build: 'b1', state: 'failed' });
  ear.sees('b1', 'failing');
  await ear.wait(1, never);
});

test('a word that comes before anybody knows which build it is', async () => {
  const ears = createEars(clock);
  using ear = ears.listen();
  ears.hear({ build: 'b1', state: 'passed' });
  ears.hear({ build: 'b2', state: 'passed' });
  ear.sees('b1', 'scheduled');
  await ear.wait(1, never);
  assert.equal(ears.listening, 1);
});
