import { cut } from '../../domain/shown.ts';
import type { Journal } from '../../engine/journal.ts';
import type { Talker } from '../socket/talker.ts';
import type { Announced } from './announced.ts';
import type { Route } from './route.ts';

export interface EventsNeeds {
  readonly announced: Announced;
  readonly journal: Journal;
}

/** `GET /events`: all that was announced after a cursor, and on as it comes. */
export function eventsRoute(needs: EventsNeeds): Route {
  async function talk(talker: Talker, cursor: bigint): Promise<void> {
    try {
      for await (const frames of needs.announced.follow(cursor, talker.gone)) await talker.write(frames);
    } catch (error) {
      // Without a goodbye: the reader comes back with its cursor.
      needs.journal.note({ kind: 'trouble', where: 'GET /events', error });
    }
  }
  return {
    kind: 'socket',
    open: ({ query }) => ({
      result: 'open',
      talk: talker => {
        const given = query.get('cursor') ?? '';
        const cursor = cursorOf(given);
        if (cursor === null) needs.journal.note({ kind: 'cursor.unreadable', cursor: cut(given) });
        return talk(talker, cursor ?? 0n);
      },
    }),
  };
}

/** A whole number of 64 bits; 0 for none; null when it is something else. */
export function cursorOf(text: string): bigint | null {
  if (text === '') return 0n;
  // What is longer is no such number, and would take its time to be read.
  if (!/^[+-]?\d{1,100}$/.test(text)) return null;
  const cursor = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, cursor) === cursor ? cursor : null;
}
