import { blankEvent, type Event, type Patch, type Repo } from '../../src/domain/event.ts';
import { eventId } from '../../src/domain/id.ts';

export const acmeApp: Repo = {
  forge: 'github',
  name: 'acme/app',
  url: 'https://github.com/acme/app.git',
  defaultBranch: 'main',
};

/** A push to `main` of acme/app by someone who may, with what a test wants different. */
export function pushEvent(changes: Partial<Event> = {}): Event {
  return {
    ...blankEvent('push'),
    id: eventId('01k00000000000000000000001'),
    source: 'github',
    delivery: null,
    replayOf: null,
    receivedAt: Date.UTC(2026, 10, 20, 12, 30),
    action: 'updated',
    repo: acmeApp,
    ref: 'refs/heads/main',
    branch: 'main',
    before: 'a'.repeat(40),
    after: 'b'.repeat(40),
    commits: [
      { sha: 'c'.repeat(40), message: 'Fix the signal', author: 'Ann' },
      { sha: 'b'.repeat(40), message: 'wip: more lamps', author: 'Bob' },
    ],
    changed: ['src/signal.ts', 'docs/signal.md'],
    actor: { id: '7', name: 'ann' },
    ...changes,
  };
}

/** A new pull request against `main` of acme/app, from a branch of the same repository, by a member. */
export function patchEvent(patch: Partial<Patch> = {}, changes: Partial<Event> = {}): Event {
  return pushEvent({
    type: 'patch',
    action: 'created',
    ref: 'refs/pull/7/head',
    patch: {
      number: '7',
      title: 'More lamps',
      url: 'https://github.com/acme/app/pull/7',
      from: { repo: 'acme/app', branch: 'lamps' },
      fromFork: false,
      draft: false,
      author: { id: '7', name: 'ann' },
      authorIsMember: true,
      ...patch,
    },
    ...changes,
  });
}

export function tagEvent(changes: Partial<Event> = {}): Event {
  return pushEvent({
    type: 'tag',
    action: 'created',
    ref: 'refs/tags/v1',
    branch: null,
    changed: null,
    ...changes,
  });
}
