import { hash } from 'node:crypto';
import type { Store } from '../contracts/store.ts';
import type { RefusedDelivery } from '../domain/delivery.ts';
import type { RunId } from '../domain/id.ts';
import type { Engine } from './engine.ts';
import { createLater } from './later.ts';
import type { LogStore } from './logs/log-store.ts';
import type { Output } from './operations.ts';

/** A flood of refusals costs five transactions a second at most; a crash loses the last of them, never a fact. */
const laterMs = 200;
const mostWaiting = 1_000;
/** Tickets written in one transaction: a few milliseconds. */
const ticketBatch = 500;

/** The store: facts in an engine's database, logs beside it. */
export function createStore(engine: Engine, logs: LogStore): Store {
  const limits = { items: mostWaiting, delayMs: laterMs };
  const refused = createLater<RefusedDelivery>(items => engine.call('addRefusals', items), limits);
  const touched = createLater<TokenUse>(uses => engine.call('touchTokens', lastUses(uses)), limits);

  async function ticketAgain(pool: string | null): Promise<number> {
    let total = 0;
    let after: RunId | null = null;
    do {
      const written: Output<'ticketAgain'> = await engine.call('ticketAgain', {
        pool,
        after,
        limit: ticketBatch,
      });
      total += written.count;
      after = written.next;
    } while (after !== null);
    return total;
  }

  return {
    async admit(admission) {
      const { delivery } = admission;
      if (delivery === null) return engine.call('admit', admission);
      const body = new Uint8Array(delivery.delivery.body);
      const given = { ...delivery, delivery: { ...delivery.delivery, body } };
      return engine.call('admit', { ...admission, delivery: given }, [body]);
    },
    keepPosition: position => engine.call('setPosition', position),
    keepFirst: position => engine.call('keepFirst', position),
    refuse: ({ body, ...rest }) =>
      refused.add({ ...rest, bodyBytes: body.byteLength, bodyHash: hash('sha256', body, 'hex') }),
    addRun: run => engine.call('addRun', run),
    async amend(run, news) {
      if (news.kind !== 'finished') return engine.call('amend', { run, news, log: null });
      const ended = await logs.end(run, async log => {
        const amended = await engine.call('amend', { run, news, log });
        return { amended, isEnd: amended.result === 'amended' };
      });
      return ended.amended;
    },
    ticketAgain: () => ticketAgain(null),

    takeOutbox: (kind, now, limit, takenUntil) => engine.call('takeOutbox', { kind, now, limit, takenUntil }),
    settle: entry => engine.call('settle', entry),
    postpone: (entry, dueAt, error) => engine.call('postpone', { entry, dueAt, error }),
    giveUp: (entry, error) => engine.call('giveUp', { entry, error }),
    nextDue: kind => engine.call('nextDue', kind),
    isSending: (kind, now) => engine.call('isSending', { kind, now }),

    appendLog: (run, chunk) => logs.append(run, chunk),
    log: (run, after, limit) => logs.lines(run, after, limit),
    logEnd: run => logs.last(run),
    rawLog: run => logs.raw(run),
    output: (run, after) => logs.output(run, after),

    feed: (after, limit) => engine.call('feed', { after, limit }),
    feedEnd: () => engine.call('feedEnd', undefined),
    events: (filter, page) => engine.call('events', { filter, page }),
    verdicts: limit => engine.call('verdicts', limit),
    event: id => engine.call('event', id),
    bareEvent: id => engine.call('bareEvent', id),
    isKnown: (source, deliveryId) => engine.call('isKnown', { source, deliveryId }),
    delivery: id => engine.call('delivery', id),
    refusals: page => engine.call('refusals', page),
    runs: (filter, page) => engine.call('runs', { filter, page }),
    run: id => engine.call('run', id),
    running: () => engine.call('running', undefined),
    repo: name => engine.call('repo', name),
    repos: (source, limit) => engine.call('repos', { source, limit }),
    knownDeliveries: (source, ids) => engine.call('knownDeliveries', { source, ids }),
    position: source => engine.call('position', source),
    counts: () => engine.call('counts', undefined),

    workflowRun: workflow => engine.call('workflowRun', workflow),
    pipeline: name => engine.call('pipeline', name),
    pipelines: (filter, page) => engine.call('pipelines', { filter, page }),
    announce: (records, position) => engine.call('announce', { records, position }),
    announcements: (after, limit) => engine.call('announcements', { after, limit }),
    announcementsEnd: () => engine.call('announcementsEnd', undefined),
    hold: hold => engine.call('hold', hold),
    async release(on, by) {
      const was = await engine.call('release', { on, by });
      // Those of an agent go elsewhere, and have their tickets.
      if (on.kind !== 'agent') await ticketAgain(on.kind === 'pool' ? on.name : null);
      return was;
    },
    holds: () => engine.call('holds', undefined),
    poolCounts: () => engine.call('poolCounts', undefined),
    beat: (plane, now, silentBefore) => engine.call('beat', { plane, now, silentBefore }),
    leave: plane => engine.call('leave', plane),

    addSession: (session, most, now) => engine.call('addSession', { session, most, now }),
    session: (kind, hash, now) => engine.call('session', { kind, hash, now }),
    endSession: (kind, hash, now) => engine.call('endSession', { kind, hash, now }),
    useToken: (token, most, now) => engine.call('useToken', { token, most, now }),

    addRepoSecret: (secret, most) => engine.call('addRepoSecret', { secret, most }),
    removeRepoSecret: (repo, key) => engine.call('removeRepoSecret', { repo, key }),
    repoSecrets: repo => engine.call('repoSecrets', repo),

    addToken: token => engine.call('addToken', token),
    tokens: () => engine.call('tokens', undefined),
    revokeToken: name => engine.call('revokeToken', name),
    touchToken: (hash, at) => touched.add({ hash, at }),

    async forgetEvents(before, limit) {
      const { events, runs } = await engine.call('forgettable', { before, limit });
      // The files first: after a crash in between, the rows still say what is left to do.
      for (const run of runs) await logs.forget(run);
      return events.length === 0 ? 0 : engine.call('forgetEvents', events);
    },
    async forgetLogs(keep, limit) {
      const runs = await engine.call('forgettableLogs', { ...keep, limit });
      for (const run of runs) await logs.forget(run);
      if (runs.length > 0) await engine.call('forgetEndedLogs', runs);
      return runs.length;
    },
    forgetDeliveryIds: (before, limit) => engine.call('forgetDeliveryIds', { before, limit }),
    forgetAnnouncements: (before, limit) => engine.call('forgetAnnouncements', { before, limit }),

    async [Symbol.asyncDispose]() {
      await using _engine = engine;
      await using _logs = logs;
      await using _touched = touched;
      await using _refused = refused;
    },
  };
}

interface TokenUse {
  readonly hash: string;
  readonly at: number;
}

const lastUses = (uses: readonly TokenUse[]): TokenUse[] => [
  ...new Map(uses.map(use => [use.hash, use])).values(),
];
