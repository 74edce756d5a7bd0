import type { Authentication } from '../../domain/delivery.ts';
import type { CliIo } from '../io.ts';
import { paint } from '../style.ts';
import { visible } from '../text.ts';
import { when } from '../when.ts';
import type { EventDetail, EventItem } from '../wire/event.ts';
import { pairs, prose } from './block.ts';

/** What happened, in a few words: `push to main`, `tag v1.4.0`, `patch 7 created`. As it came: not yet harmless. */
export function happening(event: EventItem): string {
  const deleted = event.action === 'deleted';
  switch (event.type) {
    case 'push': {
      const branch = event.branch ?? event.ref ?? '';
      return deleted ? `branch ${branch} deleted` : `push to ${branch}`;
    }
    case 'canonical':
      return `${event.branch ?? event.ref ?? ''} of the delegates ${deleted ? 'deleted' : 'moved'}`;
    case 'tag':
      return `tag ${(event.ref ?? '').replace(/^(?:refs\/namespaces\/[^/]+\/)?refs\/tags\//, '')}${deleted ? ' deleted' : ''}`;
    case 'patch':
      return `patch ${patchNumber(event)} ${event.action ?? ''}`.trimEnd();
    case 'schedule':
    case 'manual':
      return `${event.type} start of ${event.target ?? 'a rule'}`;
    case 'script':
      return `script ${event.call?.name ?? ''}`.trimEnd();
    case 'hook':
      return `hook ${event.call?.name ?? ''}`.trimEnd();
    case 'other':
      return event.action ?? 'other';
    default:
      return event.type;
  }
}

/** As people say it: Radicle's are ids of commits. */
function patchNumber({ patch }: EventItem): string {
  const number = patch?.number ?? '';
  return /^[0-9a-f]{40}$/.test(number) ? number.slice(0, shownSha) : number;
}

/** The first lines about an event: what happened, where, by whom and when, and what else is to be known of it. */
export function eventHead(io: CliIo, event: EventItem): readonly string[] {
  const facts = [
    happening(event) + where(event) + who(event),
    `from ${event.source}, ${when(io, Date.parse(event.receivedAt))}`,
    event.patch?.title ?? null,
    commit(event),
    event.note === undefined ? null : `asks for nothing: ${event.note}`,
    event.caughtUp ? "caught up: it never arrived, and was fetched through the forge's API" : null,
    event.replayOf === undefined ? null : `repeats ${event.replayOf}`,
    copies(event),
  ];
  return [
    paint(io, 'bold', visible(event.id)),
    ...facts.flatMap(fact => (fact === null ? [] : prose(io, '  ', fact))),
  ];
}

/** Where everybody may give a repository any name, its id counts. */
function where({ repo, radicle }: EventItem): string {
  if (repo === null) return '';
  return radicle === undefined ? ` of ${repo.name}` : ` of ${radicle.name} (${repo.name})`;
}

/** By name, or else by key; in Radicle with how they stand to the repository. */
function who({ actor, radicle }: EventItem): string {
  const name = actor.name ?? radicle?.namespace ?? null;
  if (name === null) return '';
  const standing = radicle === undefined || radicle.namespace === null ? '' : ` (${radicle.standing})`;
  return `, by ${name}${standing}`;
}

/** Long enough to be the only one in any repository, short enough to read. */
const shownSha = 12;

function commit({ after, commits }: EventItem): string | null {
  if (after === null) return null;
  const message = commits.find(({ sha }) => sha === after)?.message.split('\n', 1)[0];
  const more = commits.length > 1 ? ` (${commits.length} commits)` : '';
  return `commit ${after.slice(0, shownSha)}${message === undefined ? '' : ` ${message}`}${more}`;
}

function copies({ duplicates }: EventItem): string | null {
  if (duplicates.length === 0) return null;
  const times = duplicates.length === 1 ? 'once' : `${duplicates.length} times`;
  const differing = duplicates.some(({ conflict }) => conflict) ? ', with a different body' : '';
  return `came again ${times}${differing}: the copies started nothing`;
}

/** What arrived, what it means, and what it started. */
export function eventFacts(io: CliIo, event: EventDetail): readonly string[] {
  const { delivery, verdicts } = event;
  return pairs(io, [
    ['ref', event.ref],
    ['commit', event.after],
    [
      'delivery',
      delivery === null
        ? null
        : `${delivery.method} ${delivery.path} from ${delivery.peer}, ${delivery.bodyBytes} bytes`,
    ],
    ['delivery id', event.deliveryId],
    ['proof', delivery === null ? null : proof(delivery.authentication)],
    ...verdicts.map(
      ({ rule, verdict, runs }) => ['rule', [`${rule}: ${verdict}`, ...runs].join(' → ')] as const,
    ),
  ]);
}

function proof(authentication: Authentication): string {
  switch (authentication.result) {
    case 'verified':
      return `verified by ${authentication.by} (secret ${authentication.secret})`;
    case 'refused':
      return `refused: ${authentication.reason}`;
    case 'not required':
      return `not required: ${authentication.reason}`;
    case 'fetched':
      return `fetched from ${authentication.from} over the configured token; no signature was checked`;
  }
}
