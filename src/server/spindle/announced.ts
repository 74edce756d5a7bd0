import type { Clock } from '../../contracts/clock.ts';
import type { Announcement, PipelineStore } from '../../contracts/pipeline-store.ts';
import type { ControlEnd } from '../../contracts/transport.ts';
import { createBell } from '../../engine/bell.ts';
import type { Journal } from '../../engine/journal.ts';
import { portions } from '../../lib/portions.ts';
import { textFrame } from '../socket/frames.ts';
import { type Batch, createSharedFrames, type SharedFrames } from '../stream/shared-frames.ts';

/** Read from the store at once. Pipelines carry their files: each may be a megabyte, for each reader that is behind. */
const pageRecords = 10;
/** Written at once: a reader that takes so much within its time is none that is slow. */
const batchBytes = 64 * 1024;
/** Hints may be lost: the store is looked at this often without any. */
const lookMs = 2_000;

export interface AnnouncedNeeds {
  readonly store: Pick<PipelineStore, 'announcements' | 'announcementsEnd'>;
  readonly control: Pick<ControlEnd, 'onHint'>;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** All that was announced as frames of WebSockets, each built once for all its readers. */
export type Announced = SharedFrames<bigint, Buffer>;

export function createAnnounced(needs: AnnouncedNeeds): Announced {
  const skipped = new Set<bigint>();

  /** A row that cannot be read is left out, and told once: a broken frame would end its readers for good. */
  function frameOf(announcement: Announcement): Buffer {
    const frame = envelope(announcement);
    if (frame !== null) return textFrame(frame);
    const { created, rkey } = announcement;
    if (!skipped.has(created)) needs.journal.note({ kind: 'announcement.skipped', created, rkey });
    skipped.add(created);
    return Buffer.alloc(0);
  }

  function* batchesOf(records: readonly Announcement[]): Generator<Batch<bigint, Buffer>> {
    const framed = records.map(record => ({ created: record.created, frame: frameOf(record) }));
    for (const some of portions(framed, ({ frame }) => frame.length, batchBytes)) {
      const last = some.at(-1);
      const frame = Buffer.concat(some.map(each => each.frame));
      if (last !== undefined) yield { last: last.created, frame: frame.length === 0 ? null : frame };
    }
  }

  return createSharedFrames<bigint, Buffer>(needs, 'the stream of announcements', {
    end: () => needs.store.announcementsEnd(),
    page: async (after, upTo) => {
      const records = await needs.store.announcements(after, pageRecords);
      const [batch] = batchesOf(records.filter(({ created }) => created <= upTo));
      return batch ?? { last: upTo, frame: null };
    },
    async *live(after, signal) {
      using bell = createBell(needs, 'announcement');
      for (let cursor = after; !signal.aborted; ) {
        const records = await needs.store.announcements(cursor, pageRecords);
        yield* batchesOf(records);
        const last = records.at(-1);
        if (last === undefined) await bell.wait(lookMs, signal);
        else cursor = last.created;
      }
    },
  });
}

/** The record in its envelope, `created` with all its digits; null when what is stored is no record. */
function envelope({ created, rkey, nsid, record }: Announcement): string | null {
  if (!isRecord(record)) return null;
  return `{"rkey":${JSON.stringify(rkey)},"nsid":${JSON.stringify(nsid)},"event":${record},"created":${created}}`;
}

function isRecord(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
