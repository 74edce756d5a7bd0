import type { Signalbox } from '../contenders/signalbox.ts';

/** A reader of the feed who tells when a run has finished. */
export interface Finished extends AsyncDisposable {
  /** Resolves when the feed says that the run has finished; rejects when it has not ended well, or the feed ends. */
  success(run: string): Promise<void>;
}

interface Item {
  readonly type: string;
  readonly run?: string;
  readonly state?: string;
  readonly outcome?: string;
}

/** Follows the feed from now on. Runs may finish before anybody asks for them. */
export async function followFeed(server: Signalbox): Promise<Finished> {
  const over = new AbortController();
  const outcomes = new Map<string, PromiseWithResolvers<string>>();
  const { authorization } = server;
  const response = await fetch(`${server.adminUrl}/api/feed`, {
    headers: authorization,
    signal: over.signal,
  });
  if (response.body === null) throw new Error(`the feed answered ${response.status} and nothing else`);
  const pieces = response.body.pipeThrough(new TextDecoderStream());

  const of = (run: string): PromiseWithResolvers<string> => {
    const found = outcomes.get(run) ?? Promise.withResolvers<string>();
    outcomes.set(run, found);
    return found;
  };
  async function read(): Promise<void> {
    let unfinished = '';
    for await (const piece of pieces) {
      const lines = (unfinished + piece).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) {
        // Most lines are of no interest: those are not parsed.
        if (!line.startsWith('data: ') || !line.includes('"finished"')) continue;
        const { type, run, state, outcome }: Item = JSON.parse(line.slice('data: '.length));
        if (type === 'run' && state === 'finished' && run !== undefined) of(run).resolve(outcome ?? '');
      }
    }
  }
  const reading = read().catch((error: unknown) => {
    if (over.signal.aborted) return;
    for (const { reject } of outcomes.values()) reject(error);
  });

  return {
    async success(run) {
      const outcome = await of(run).promise;
      outcomes.delete(run);
      if (outcome !== 'success') throw new Error(`${run} ended as ${outcome}`);
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await reading;
    },
  };
}
