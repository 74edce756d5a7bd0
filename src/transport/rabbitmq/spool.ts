import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentEnd, AgentNews } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { RunId } from '../../domain/id.ts';
import { readWhole, writeWhole } from '../../lib/whole-bytes.ts';
import { readFrame } from './frame.ts';
import { nap } from './nap.ts';
import { readAsk, writeAsk } from './wire.ts';

export interface SpoolOptions {
  readonly directory: string;
  /** Who says what is in it. */
  readonly agent: string;
  /** Beyond that, whoever has something to say waits: jobs that print stand still. */
  readonly mostBytes: number;
  readonly trouble: (error: unknown) => void;
  /** When nothing more is waited for: what is in it stays there. */
  readonly over: AbortSignal;
}

/** News that could not be told, on the disk, in its order. */
export interface Spool extends AsyncDisposable {
  readonly news: AgentEnd['news'];
  /** Resolves when nothing is left to tell, or it is over. */
  drained(): Promise<void>;
  isEmpty(): boolean;
}

/** Between two tries to tell what comes first. */
const againMs = 500;
/**
 * Between two words for attempts that are over, and whose end waits behind megabytes of log: far shorter than a lease that
 * stands a broker's absence.
 */
const beatMs = 1_000;
/** Before each message stands its length. */
const lengthBytes = 4;

/** An attempt whose end is in the spool. */
interface Ended {
  readonly run: RunId;
  readonly attempt: number;
}

/**
 * Stands before an agent's end: what its news cannot be told now, because nobody answers, is written down and told later,
 * in its order. News that is in here survives this process; it may be told twice then, which does no harm. As long as the end
 * of an attempt is in here, its lease is kept: what has been done well must not count as lost while that is being told.
 */
export async function openSpool(end: Pick<AgentEnd, 'news'>, options: SpoolOptions): Promise<Spool> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const file = await open(join(options.directory, 'news'), constants.O_RDWR | constants.O_CREAT, 0o600);
  const { ends, bytes } = await readAll(file, (await file.stat()).size);
  let size = bytes;
  await file.truncate(size);
  let told = 0;
  let beating: Promise<void> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let telling: Promise<void> | undefined;
  let change = Promise.withResolvers<void>();
  const changed = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };
  options.over.addEventListener('abort', () => changed(), { once: true });

  /** Tells what is in the file from its beginning, and empties it when all is told. */
  async function tellAll(): Promise<void> {
    while (told < size && !options.over.aborted) {
      const { body, next } = await readAt(file, told);
      const word = newsOf(body);
      try {
        if (word !== undefined) await end.news(options.agent, word);
        told = next;
        changed();
      } catch (error) {
        if (SignalboxError.from(error).retryable) {
          await nap(againMs, options.over);
          continue;
        }
        // Refused for good: it would be refused the next time, too.
        options.trouble(error);
        told = next;
      }
      ends.delete(nameOf(endedBy(word)));
      if (told === size) await empty();
    }
  }

  async function empty(): Promise<void> {
    writing = writing.then(async () => {
      if (told < size) return;
      await file.truncate(0);
      size = 0;
      told = 0;
      changed();
    });
    await writing;
  }

  function keepTelling(): void {
    telling ??= tellAll()
      .catch((error: unknown) => {
        options.trouble(error);
        return nap(againMs, options.over);
      })
      .finally(() => {
        telling = undefined;
        if (told < size && !options.over.aborted) keepTelling();
      });
  }

  /** Until the last end is told. */
  function keepAlive(): void {
    beating ??= beat().finally(() => {
      beating = undefined;
    });
  }

  async function beat(): Promise<void> {
    while (ends.size > 0 && !options.over.aborted) {
      // Whoever does not hear it ends no lease, and hears the next one.
      await end.news(options.agent, { kind: 'alive', runs: [...ends.values()] }).catch(() => undefined);
      await nap(beatMs, options.over);
    }
  }

  async function write(word: AgentNews): Promise<void> {
    const body = writeAsk({ ask: 'news', news: word });
    const isFull = () => size > 0 && size + lengthBytes + body.length > options.mostBytes;
    while (isFull()) {
      if (options.over.aborted)
        throw new SignalboxError('overloaded', 'the spool is full, and the agent ends');
      await change.promise;
    }
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32BE(body.length);
    const written = writing.then(async () => {
      await writeWhole(file, Buffer.concat([length, body]), size);
      // How a run has ended is worth a disk's turn: the machine may be about to go.
      if (word.kind === 'news') await file.datasync();
      size += lengthBytes + body.length;
    });
    writing = written.catch(() => undefined);
    await written;
    const ended = endedBy(word);
    if (ended !== undefined) ends.set(nameOf(ended), ended);
    keepAlive();
    keepTelling();
  }

  const isEmpty = (): boolean => size === 0;
  keepAlive();
  if (!isEmpty()) keepTelling();
  return {
    news: async (agent, word) => {
      // That an agent was alive is no news any more when it is told later.
      if (word.kind === 'alive') return end.news(agent, word);
      if (size === 0) {
        try {
          return await end.news(agent, word);
        } catch (error) {
          if (!SignalboxError.from(error).retryable) throw error;
        }
      }
      await write(word);
    },
    drained: async () => {
      while (!isEmpty() && !options.over.aborted) await change.promise;
    },
    isEmpty,
    [Symbol.asyncDispose]: async () => {
      await telling;
      await beating;
      await writing;
      await file.close();
    },
  };
}

/**
 * The ends that the file has, and how many of its bytes are whole messages: the last one may have been cut by a crash, or be a
 * place where nothing but zeros came to the disk.
 */
async function readAll(
  file: FileHandle,
  size: number,
): Promise<{ readonly ends: Map<string, Ended>; readonly bytes: number }> {
  const ends = new Map<string, Ended>();
  let bytes = 0;
  while (bytes + lengthBytes <= size) {
    const length = await lengthAt(file, bytes);
    if (length === 0 || bytes + lengthBytes + length > size) break;
    const { body, next } = await readAt(file, bytes);
    const ended = endedBy(newsOf(body));
    if (ended !== undefined) ends.set(nameOf(ended), ended);
    bytes = next;
  }
  return { ends, bytes };
}

function endedBy(word: AgentNews | undefined): Ended | undefined {
  if (word?.kind !== 'news' || word.news.kind !== 'finished') return undefined;
  return { run: word.run, attempt: word.news.attempt };
}

const nameOf = (ended: Ended | undefined): string => `${ended?.run}.${ended?.attempt}`;

async function lengthAt(file: FileHandle, position: number): Promise<number> {
  return (await bytesAt(file, position, lengthBytes)).readUInt32BE();
}

async function readAt(
  file: FileHandle,
  position: number,
): Promise<{ readonly body: Buffer; readonly next: number }> {
  const length = await lengthAt(file, position);
  return {
    body: await bytesAt(file, position + lengthBytes, length),
    next: position + lengthBytes + length,
  };
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  if (await readWhole(file, bytes, position)) return bytes;
  throw new SignalboxError('corrupt', 'the spool has become shorter: has somebody else written into it?');
}

/** Undefined when the file was written by a later version, or by nobody. */
function newsOf(body: Buffer): AgentNews | undefined {
  const read = readFrame(body);
  const asked = read.result === 'read' ? readAsk(read.head, read.bytes) : undefined;
  return asked?.ask === 'news' ? asked.news : undefined;
}
