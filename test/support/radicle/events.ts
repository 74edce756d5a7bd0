import type { Event } from '../../../src/domain/event.ts';
import type { RadicleFacts, RadiclePatch } from '../../../src/domain/radicle.ts';
import { patchEvent, pushEvent } from '../events.ts';

export const alice = 'z6MknSLrJoTcukLrE435hVNQT4JUhbvWLX4kUzqkEStBU8Vi';
export const rid = 'rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5';
const oid = (digit: string): string => digit.repeat(40);

const repo = { forge: 'radicle', name: rid, url: rid.replace(':', '://'), defaultBranch: 'main' };
const actor = { id: `did:key:${alice}`, name: 'alice' };

export function radicleFacts(changes: Partial<RadicleFacts> = {}): RadicleFacts {
  return {
    namespace: alice,
    standing: 'delegate',
    fetchedFrom: null,
    project: {
      name: 'heartwood',
      description: 'Many\nlines, größer',
      isPrivate: false,
      delegates: [`did:key:${alice}`],
    },
    files: [],
    parent: oid('9'),
    patch: null,
    ...changes,
  };
}

/** A push of two commits to alice's main. */
export function radiclePush(changes: Partial<Event> = {}): Event {
  return pushEvent({
    source: 'radicle',
    repo,
    ref: `refs/namespaces/${alice}/refs/heads/main`,
    actor,
    radicle: radicleFacts(),
    ...changes,
  });
}

/** An update of alice's patch. */
export function radiclePatch(patch: Partial<RadiclePatch> = {}, changes: Partial<Event> = {}): Event {
  const author = { id: `did:key:${alice}`, alias: null };
  const first = {
    id: oid('d'),
    author,
    description: 'Try',
    base: oid('a'),
    oid: oid('c'),
    at: 1_699_437_445_678,
  };
  return patchEvent(
    {
      number: oid('d'),
      title: 'More "lamps"',
      url: null,
      from: { repo: rid, branch: `patches/${oid('d')}` },
      author: { id: author.id, name: null },
    },
    {
      source: 'radicle',
      action: 'updated',
      repo,
      ref: `refs/namespaces/${alice}/refs/heads/patches/${oid('d')}`,
      actor,
      radicle: radicleFacts({
        patch: {
          author,
          status: 'open',
          conflicts: [],
          base: oid('a'),
          target: oid('e'),
          labels: ['bug', 'small'],
          assignees: [`did:key:${alice}`],
          revisions: [first, { ...first, id: oid('f'), oid: oid('b'), at: 1_699_437_446_000 }],
          ...patch,
        },
      }),
      ...changes,
    },
  );
}
