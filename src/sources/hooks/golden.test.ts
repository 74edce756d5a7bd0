import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { answerOf, type Said, type Stage } from '../../../test/support/hooks/answer-of.ts';
import { openLab, type Recorded, type Recording } from '../../../test/support/hooks/golden.ts';
import { type Behaviour, ours, theirs } from './deviations.ts';
import { readHooks } from './file/read-hooks.ts';

const lab = openLab();
after(() => lab[Symbol.dispose]());

/** What the original refuses before it knows which hook is meant; the connection is closed then, and no length told. */
const refusedByConnection = ['badpct', 'space', 'badlen', 'twolen'];

/** What answers otherwise with the deviations on, with the number of the deviation. */
const deviating = new Map([
  ['A pj-nested {"a":{"b":"{\\"x\\":1}"}} {}', 'D5'],
  ['A mp sig', 'D3'],
  ['A env {"head_commit":{"id":"abc"},"x-y":"dash","a":"val"} {}', 'D9'],
]);

test('the recordings are all there', () => {
  assert.deepEqual(
    lab.recordings.map(({ cases }) => cases.length),
    [104, 54, 10],
  );
});

for (const recording of lab.recordings)
  describe(`recorded answers, set ${recording.name}`, () => {
    for (const [n, recorded] of recording.cases.entries())
      test(`${n} ${recorded.name}`, async () => {
        assert.deepEqual(...compared(recorded, await answerOf(stage(recording, theirs), recorded.request)));
      });
  });

test('with the deviations on, only what they name answers otherwise', async () => {
  const differing: string[] = [];
  for (const recording of lab.recordings)
    for (const recorded of recording.cases) {
      const [got, wanted] = compared(
        recorded,
        await answerOf(stage(recording, ours), recorded.request),
        inert,
      );
      if (JSON.stringify(got) !== JSON.stringify(wanted))
        differing.push(`${recording.name} ${recorded.name}`);
    }
  assert.deepEqual(differing, [...deviating.keys()]);
});

function stage({ name, hooks }: Recording, behaviour: Behaviour): Stage {
  const read = readHooks({ behaviour, template: null, references: null }, hooks);
  assert.equal(read.result, 'read');
  const isB = name === 'B';
  return {
    behaviour,
    hooks: read.file.hooks,
    headers: isB
      ? [
          { name: 'X-G', value: 'global' },
          { name: 'X-G2', value: 'g2' },
        ]
      : [],
    cwd: lab.directory,
    env: { ...process.env, ...(isB ? { HOOK_AMBIENT: 'amb' } : {}) },
  };
}

/** The headers of D11. */
const inert = ['Content-Security-Policy', 'X-Content-Type-Options'];

/** Both without the headers that are not compared, among them what depends on the machine. */
function compared(
  { name, answer, namesLab }: Recorded,
  got: Said,
  others: readonly string[] = [],
): [got: Said, wanted: Said] {
  const varying = namesLab || refusedByConnection.includes(name) ? ['Content-Length', ...others] : others;
  const plain = ({ headers, ...said }: Said): Said => ({
    ...said,
    headers: headers.filter(line => !varying.includes(line.split(':')[0] ?? '')),
  });
  return [plain(got), plain(answer)];
}
