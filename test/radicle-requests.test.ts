import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AdapterProtocol, adapterProtocols, usualKnobs } from '../src/domain/adapter.ts';
import type { NewEvent } from '../src/domain/event.ts';
import { eventId } from '../src/domain/id.ts';
import { requestLine } from '../src/executors/adapter/request.ts';
import { triggerOf } from '../src/executors/adapter/trigger.ts';
import { look, noHint } from '../src/sources/radicle/look.ts';
import type { Seen } from '../src/sources/radicle/position.ts';
import { openStorage } from '../src/sources/radicle/storage.ts';
import { createRadicleHome } from './support/radicle/home.ts';
import { createPerson } from './support/radicle/person.ts';

/** From what lies in a node's storage to the line that an adapter reads, in every protocol. */

const [ann, eve] = [createPerson('ann'), createPerson('eve')];
const main = 'refs/heads/main';

function line(event: NewEvent, protocol: AdapterProtocol): string {
  assert.ok(event.repo !== null && event.after !== null);
  const identity = { source: 'radicle', delivery: null, receivedAt: 0, replayOf: null };
  const whole = { ...event, ...identity, id: eventId('0'.repeat(26)) };
  return requestLine(triggerOf(whole, event.repo, event.after), { protocol, ...usualKnobs[protocol] });
}

/** Each thing that can happen, in its order, with the request that comes of it. */
async function tell(): Promise<ReadonlyMap<string, NewEvent>> {
  using home = createRadicleHome();
  const repository = home.createRepository({
    delegates: [ann],
    name: 'größer',
    description: 'Two\nlines, and "quotes"',
    isPrivate: true,
  });
  const path = process.env['PATH'] ?? '';
  const stored = openStorage({ home: home.directory, path }).open(repository.rid);
  const options = { home: home.directory, path, firstSeen: 'ignore', files: [] } as const;
  const told = new Map<string, NewEvent>();
  // It is known, and there was nothing in it.
  let seen: Seen | undefined = { namespaces: {}, canonical: {}, moves: 0 };
  const after = async (what: string): Promise<void> => {
    const looked = await look(options, stored, seen, noHint);
    seen = looked.seen;
    for await (const event of looked.events) {
      assert.ok(!told.has(what), `${what} is told twice`);
      told.set(what, event);
    }
  };

  const first = repository.commit(null, 'First', { README: 'first' });
  await after('nothing yet');
  repository.push(ann, main, first);
  await after('a branch is created');
  const second = repository.commit(first, 'Second', { README: 'second' });
  const third = repository.commit(second, 'Third', { README: 'third' });
  repository.push(ann, main, third);
  await after('a branch is fast-forwarded by two commits');
  const side = repository.commit(first, 'Side', { README: 'side' });
  const merge = repository.commit([third, side], 'Merge', { README: 'merge' });
  repository.push(ann, main, merge);
  await after('a branch gets a merge');
  const forced = repository.commit(second, 'Forced', { README: 'forced' });
  repository.push(ann, main, forced);
  await after('a branch is forced to a commit beside its former one');
  repository.push(ann, main, first);
  await after('a branch is reset to an ancestor');
  repository.push(ann, 'refs/heads/topic/with/slashes', second);
  await after('a branch with slashes is created');
  repository.push(ann, main, repository.grow(first, 1500));
  await after('a branch gets 1500 commits');

  const head = repository.commit(first, 'Proposed', { README: 'proposed' });
  const patch = repository.change(ann, null, [
    { type: 'edit', title: 'More "lamps"', target: 'delegates' },
    { type: 'revision', description: 'Try\nit', base: first, oid: head },
  ]);
  await after('a change of a patch alone is nothing');
  const ref = `refs/heads/patches/${patch}`;
  repository.push(ann, ref, head);
  await after('a patch is created');
  const better = repository.commit(head, 'Better', { README: 'better' });
  repository.change(ann, patch, [{ type: 'revision', description: '', base: first, oid: better }]);
  repository.push(ann, ref, better);
  await after('a patch is updated by its author');
  const other = repository.commit(first, 'Other', { README: 'other' });
  repository.change(eve, patch, [{ type: 'revision', description: 'Mine', base: first, oid: other }]);
  repository.push(eve, ref, other);
  await after('a patch is updated by somebody else');
  repository.change(ann, patch, [
    { type: 'lifecycle', state: { status: 'draft' } },
    { type: 'label', labels: ['small', 'bug'] },
    { type: 'assign', assignees: [eve.did] },
  ]);
  repository.push(ann, ref, head);
  await after('a patch that is a draft is set back');
  repository.change(ann, patch, [{ type: 'merge', revision: patch, commit: head }]);
  repository.push(ann, ref, better);
  await after('a patch that is merged is updated');
  return told;
}

test('what happens in storage becomes requests, as they were written down', {
  timeout: 120_000,
}, async () => {
  const told = await tell();
  const golden = join(import.meta.dirname, 'fixtures/radicle-requests.json');
  const requests = Object.fromEntries(
    [...told].map(([what, event]) => [
      what,
      Object.fromEntries(
        adapterProtocols.map(protocol => {
          const written = line(event, protocol);
          assert.doesNotMatch(written, /[\r\n]/);
          return [protocol, shortened(JSON.parse(written))];
        }),
      ),
    ]),
  );
  if (process.env['WRITE_GOLDEN'] === '1') writeFileSync(golden, `${JSON.stringify(requests, null, 2)}\n`);
  assert.deepEqual(requests, JSON.parse(readFileSync(golden, 'utf8')));
  assert.equal(told.size, 12);
});

/** Of a long list its ends. */
function shortened<Request extends { readonly commits?: readonly string[] }>(request: Request) {
  const { commits } = request;
  return commits === undefined || commits.length < 10
    ? request
    : { ...request, commits: [commits[0], `… ${commits.length} in all …`, commits.at(-1)] };
}
