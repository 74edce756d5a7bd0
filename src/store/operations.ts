import { addRun } from './operations/add-run.ts';
import { admit, isKnown } from './operations/admit.ts';
import { amend } from './operations/amend.ts';
import {
  announce,
  announcements,
  announcementsEnd,
  forgetAnnouncements,
} from './operations/announcements.ts';
import { delivery, knownDeliveries } from './operations/deliveries.ts';
import { forgetEndedLogs, forgettableLogs, shortLog } from './operations/ended-logs.ts';
import { bareEvent, event, events, repo, repos } from './operations/events.ts';
import { feed, feedEnd } from './operations/feed.ts';
import { hold, holds, poolCounts, release } from './operations/holds.ts';
import {
  addLogPart,
  forgetLogParts,
  logEnd,
  logParts,
  longTails,
  moveLogTail,
} from './operations/log-parts.ts';
import { giveUp, isSending, nextDue, postpone, settle, takeOutbox } from './operations/outbox.ts';
import { pipeline, pipelines } from './operations/pipelines.ts';
import { beat, leave } from './operations/planes.ts';
import { keepFirst, position, setPosition } from './operations/positions.ts';
import { addRefusals, refusals } from './operations/refusals.ts';
import { addRepoSecret, removeRepoSecret, repoSecrets } from './operations/repo-secrets.ts';
import { forgetDeliveryIds, forgetEvents, forgettable } from './operations/retention.ts';
import { counts, run, running, runs } from './operations/runs.ts';
import { addSession, endSession, session } from './operations/sessions.ts';
import { ticketAgain } from './operations/tickets.ts';
import { addToken, revokeToken, tokens, touchTokens } from './operations/tokens.ts';
import { useToken } from './operations/used-tokens.ts';
import { verdicts } from './operations/verdicts.ts';
import { workflowRun } from './operations/workflow-runs.ts';

/** What an engine runs in a transaction of its own, or together with others that each still succeed or fail alone. */
export const writes: {
  readonly admit: typeof admit;
  readonly setPosition: typeof setPosition;
  readonly keepFirst: typeof keepFirst;
  readonly addRun: typeof addRun;
  readonly amend: typeof amend;
  readonly ticketAgain: typeof ticketAgain;
  readonly takeOutbox: typeof takeOutbox;
  readonly settle: typeof settle;
  readonly postpone: typeof postpone;
  readonly giveUp: typeof giveUp;
  readonly addRefusals: typeof addRefusals;
  readonly addToken: typeof addToken;
  readonly revokeToken: typeof revokeToken;
  readonly touchTokens: typeof touchTokens;
  readonly forgetEvents: typeof forgetEvents;
  readonly forgetDeliveryIds: typeof forgetDeliveryIds;
  readonly forgetEndedLogs: typeof forgetEndedLogs;
  readonly announce: typeof announce;
  readonly addRepoSecret: typeof addRepoSecret;
  readonly removeRepoSecret: typeof removeRepoSecret;
  readonly forgetAnnouncements: typeof forgetAnnouncements;
  readonly addLogPart: typeof addLogPart;
  readonly moveLogTail: typeof moveLogTail;
  readonly forgetLogParts: typeof forgetLogParts;
  readonly hold: typeof hold;
  readonly release: typeof release;
  readonly beat: typeof beat;
  readonly leave: typeof leave;
  readonly addSession: typeof addSession;
  readonly endSession: typeof endSession;
  readonly useToken: typeof useToken;
} = {
  admit,
  setPosition,
  keepFirst,
  addRun,
  amend,
  ticketAgain,
  takeOutbox,
  settle,
  postpone,
  giveUp,
  addRefusals,
  addToken,
  revokeToken,
  touchTokens,
  forgetEvents,
  forgetDeliveryIds,
  forgetEndedLogs,
  announce,
  addRepoSecret,
  removeRepoSecret,
  forgetAnnouncements,
  addLogPart,
  moveLogTail,
  forgetLogParts,
  hold,
  release,
  beat,
  leave,
  addSession,
  endSession,
  useToken,
};

/** Writes that a power cut may take back: what they say is found out again, or done again without harm. */
export const hints: ReadonlySet<OperationName> = new Set([
  'takeOutbox',
  'settle',
  'postpone',
  'addRefusals',
  'touchTokens',
]);

/** What an engine answers from one snapshot. */
export const reads: {
  readonly nextDue: typeof nextDue;
  readonly isSending: typeof isSending;
  readonly feed: typeof feed;
  readonly feedEnd: typeof feedEnd;
  readonly events: typeof events;
  readonly verdicts: typeof verdicts;
  readonly event: typeof event;
  readonly bareEvent: typeof bareEvent;
  readonly isKnown: typeof isKnown;
  readonly delivery: typeof delivery;
  readonly refusals: typeof refusals;
  readonly runs: typeof runs;
  readonly run: typeof run;
  readonly running: typeof running;
  readonly repo: typeof repo;
  readonly repos: typeof repos;
  readonly knownDeliveries: typeof knownDeliveries;
  readonly position: typeof position;
  readonly counts: typeof counts;
  readonly tokens: typeof tokens;
  readonly forgettable: typeof forgettable;
  readonly forgettableLogs: typeof forgettableLogs;
  readonly shortLog: typeof shortLog;
  readonly workflowRun: typeof workflowRun;
  readonly pipeline: typeof pipeline;
  readonly pipelines: typeof pipelines;
  readonly announcements: typeof announcements;
  readonly repoSecrets: typeof repoSecrets;
  readonly announcementsEnd: typeof announcementsEnd;
  readonly logEnd: typeof logEnd;
  readonly logParts: typeof logParts;
  readonly longTails: typeof longTails;
  readonly holds: typeof holds;
  readonly poolCounts: typeof poolCounts;
  readonly session: typeof session;
} = {
  nextDue,
  isSending,
  feed,
  feedEnd,
  events,
  verdicts,
  event,
  bareEvent,
  isKnown,
  delivery,
  refusals,
  runs,
  run,
  running,
  repo,
  repos,
  knownDeliveries,
  position,
  counts,
  tokens,
  forgettable,
  forgettableLogs,
  shortLog,
  workflowRun,
  pipeline,
  pipelines,
  announcements,
  announcementsEnd,
  repoSecrets,
  logEnd,
  logParts,
  longTails,
  holds,
  poolCounts,
  session,
};

type Operations = typeof writes & typeof reads;
export type OperationName = keyof Operations;
/** What an operation is given beside its transaction; undefined when that is nothing. */
export type Input<Name extends OperationName> = Parameters<Operations[Name]>[1];
export type Output<Name extends OperationName> = Awaited<ReturnType<Operations[Name]>>;
