import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminApi, LineJson } from './api.ts';
import type { Random } from './random.ts';

/** One message of the feed, as it was sent. */
export interface FeedMessage {
  readonly id: number;
  readonly data: string;
}

/** Reads what the server shows, and remembers it, until it is disposed. */
export interface Witness extends AsyncDisposable {
  /** The feed from its beginning, in the order in which it was seen. */
  readonly feed: readonly FeedMessage[];
  /** How many runs it has seen begin and not end. */
  readonly openRuns: number;
  /** Lines of logs by run and number. */
  readonly lines: ReadonlyMap<string, ReadonlyMap<number, LineJson>>;
  /** What was seen twice and was not the same. */
  readonly troubles: readonly string[];
}

const restMs = 20;

/** Follows the feed, each time from where it was cut off, and now and then reads the log of one of the latest runs. */
export function startWitness(needs: {
  readonly random: Random;
  /** The server now; undefined while it answers nobody. */
  readonly api: () => AdminApi | undefined;
}): Witness {
  const feed: FeedMessage[] = [];
  const open = new Set<string>();
  const lines = new Map<string, Map<number, LineJson>>();
  const troubles: string[] = [];
  const over = new AbortController();

  async function followFeed(api: AdminApi): Promise<void> {
    for await (const message of messages(api, feed.at(-1)?.id ?? 0, over.signal)) {
      const last = feed.at(-1)?.id ?? 0;
      if (message.id <= last) troubles.push(`the feed went from ${last} to ${message.id}`);
      feed.push(message);
      const { run, state } = JSON.parse(message.data) as { run?: string; state?: string };
      if (run === undefined) continue;
      if (state === 'finished') open.delete(run);
      else open.add(run);
    }
  }

  async function readLog(api: AdminApi): Promise<void> {
    const latest = feed.slice(-40).flatMap(({ data }) => /"run":"(\w+)"/.exec(data)?.[1] ?? []);
    if (latest.length === 0) return;
    const run = needs.random.pick(latest);
    const seen = lines.get(run) ?? new Map<number, LineJson>();
    lines.set(run, seen);
    for (const line of await api.log(run)) {
      const before = seen.get(line.seq);
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(line))
        troubles.push(
          `line ${line.seq} of ${run} was ${JSON.stringify(before)}, and is ${JSON.stringify(line)}`,
        );
      seen.set(line.seq, line);
    }
  }

  async function repeat(look: (api: AdminApi) => Promise<void>): Promise<void> {
    while (!over.signal.aborted) {
      const api = needs.api();
      // It dies again and again: whoever asks it then gets no answer.
      if (api !== undefined) await look(api).catch(() => undefined);
      await sleep(restMs);
    }
  }

  const looking = [repeat(followFeed), repeat(readLog)];
  return {
    feed,
    get openRuns() {
      return open.size;
    },
    lines,
    troubles,
    async [Symbol.asyncDispose]() {
      over.abort();
      await Promise.all(looking);
    },
  };
}

/** The feed after a cursor, until the signal or the end of the server. */
async function* messages(api: AdminApi, after: number, signal: AbortSignal): AsyncGenerator<FeedMessage> {
  const stream = await api.stream(`/api/feed?cursor=${after}`, signal);
  let text = '';
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (text + piece).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const [, id, data] = /^id: (\d+)\ndata: (.*)$/m.exec(part) ?? [];
      if (id !== undefined && data !== undefined) yield { id: Number(id), data };
    }
  }
}
