import { pino } from 'pino';
import type { Clock } from '../contracts/clock.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { Journal, Note } from '../engine/journal.ts';
import { gather } from '../lib/gather.ts';
import { createSeldom } from '../lib/seldom.ts';

export interface LogJournalNeeds {
  /** Takes whole lines, line feeds included. */
  readonly write: (lines: string) => void;
  /** Masks the secrets that are known now. */
  readonly redactText: (text: string) => string;
  readonly clock: Pick<Clock, 'now'>;
}

/** What is tried again every second may fail for hours: the same words about the same place come once in this time. */
const troubleAgainMs = 60_000;
const mostTroubles = 1_000;

/**
 * Writes one JSON line per note. Text of strangers is escaped as JSON does, so a line is one fact and nothing else; it
 * passes the mask whole, so no field can be forgotten. Lines are written at the end of the turn in which they are
 * noted, so that a flood of them costs few writes; trouble is written at once, for it may be the last word, and the same
 * trouble once in a minute, with how often it came meanwhile.
 */
export function createLogJournal({ write, redactText, clock }: LogJournalNeeds): Journal {
  const lines = gather(text => write(redactText(text)));
  const log = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      serializers: { err: shown },
    },
    { write: line => lines.add(line) },
  );
  const troubles = createSeldom(troubleAgainMs, mostTroubles);
  return {
    note: note => {
      const fields = wide(note);
      switch (note.kind) {
        case 'trouble': {
          const before = troubles.say(`${note.where}: ${asError(note.error).message}`, clock.now());
          if (before === undefined) return;
          log.error(before > 0 ? { ...fields, leftOut: before } : fields, note.kind);
          lines.flush();
          return;
        }
        case 'run.lost':
        case 'delivery.refused':
        case 'cursor.unreadable':
        case 'announcement.skipped':
        case 'config.refused':
          log.warn(fields, note.kind);
          return;
        case 'event.admitted':
        case 'event.duplicate':
        case 'run.started':
        case 'run.finished':
        case 'report.told':
        case 'hold.begun':
        case 'hold.ended':
        case 'config.reloaded':
          log.info(fields, note.kind);
      }
    },
  };
}

/** Tells every journal. */
export function combineJournals(...journals: readonly Journal[]): Journal {
  return {
    note: note => {
      for (const journal of journals) journal.note(note);
    },
  };
}

/** All of a note that one may search for, and no payload. */
function wide(note: Note): object {
  switch (note.kind) {
    case 'event.admitted': {
      const { id, source, type, action, deliveryId, repo, ref, after, actor } = note.event;
      const verdicts = Object.fromEntries(note.verdicts.map(({ rule, verdict }) => [rule, verdict]));
      const { runs, tookMs } = note;
      return {
        event: id,
        source,
        type,
        action,
        deliveryId,
        repo: repo?.name,
        ref,
        sha: after,
        actor: actor.name,
        verdicts,
        runs,
        tookMs,
      };
    }
    case 'event.duplicate': {
      const { source, event, conflict } = note;
      return { source, event, conflict };
    }
    case 'delivery.refused': {
      const { id, source, peer, method, path } = note.delivery;
      return { delivery: id, source, peer, method, path, status: note.status, reason: note.reason };
    }
    case 'run.started':
    case 'run.finished':
    case 'run.lost': {
      const { id, event, rule, attempt, status } = note.run;
      return { run: id, event, rule, attempt, ...status };
    }
    case 'report.told': {
      const { reporter, run, result, error } = note;
      return { reporter, run, result, error };
    }
    case 'cursor.unreadable':
      return { cursor: note.cursor };
    case 'announcement.skipped':
      return { created: String(note.created), rkey: note.rkey };
    case 'hold.begun':
    case 'hold.ended': {
      const { on, by, at, reason } = note.hold;
      const endedBy = note.kind === 'hold.ended' ? note.by : undefined;
      return { on, by, since: new Date(at).toISOString(), reason, endedBy };
    }
    case 'config.reloaded':
      return { needsRestart: note.needsRestart };
    case 'config.refused':
      return { error: note.error };
    case 'trouble':
      return { where: note.where, err: note.error };
  }
}

/** What is said in a sentence needs no stack: that is for mistakes of our own. */
function shown(error: unknown): object {
  if (!(error instanceof SignalboxError) || error.code === 'internal')
    return pino.stdSerializers.err(asError(error));
  const { name: type, code, message, cause } = error;
  const why = cause === undefined ? null : asError(cause).message;
  return { type, code, message, ...(why === null || message.includes(why) ? {} : { cause: why }) };
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
