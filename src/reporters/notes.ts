import { z } from 'zod';
import type { Json } from '../domain/json.ts';

/** Where something is kept over restarts. */
export interface Memory {
  /** What was kept last; null where nothing was. */
  recall(): Promise<Json>;
  keep(value: Json): Promise<void>;
}

/** What has been told or made outside, by what it is about: it is to be found again, not made a second time. */
export interface Notes {
  find(about: string): Promise<string | null>;
  /** Null: it is done with. */
  write(about: string, id: string | null): Promise<void>;
}

/** All of them are written at once; after so many others, hardly anybody tells of the same thing again. */
const mostNotes = 500;

const schema = z.record(z.string(), z.string());

export function createNotes(memory: Memory): Notes {
  let opened: Promise<Map<string, string>> | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  function open(): Promise<Map<string, string>> {
    opened ??= (async () => {
      const kept = schema.safeParse(await memory.recall());
      return new Map(kept.success ? Object.entries(kept.data) : []);
    })();
    // Who could not read it now reads it next time.
    opened.catch(() => (opened = undefined));
    return opened;
  }

  return {
    find: async about => (await open()).get(about) ?? null,
    write: async (about, id) => {
      const notes = await open();
      notes.delete(about);
      if (id !== null) notes.set(about, id);
      for (const oldest of [...notes.keys()].slice(0, -mostNotes)) notes.delete(oldest);
      // One after the other: what is kept last is what holds.
      const mine = writing.then(() => memory.keep(Object.fromEntries(notes)));
      writing = mine.catch(() => undefined); // told to who asked for it
      await mine;
    },
  };
}
