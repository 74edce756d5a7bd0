import type { Store } from '../contracts/store.ts';
import type { Served } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { RunId } from '../domain/id.ts';

/** As many attempts as a large house runs at a time; of others the store is asked again. */
const mostKnown = 10_000;

/** Lets agents speak of those attempts alone that were granted to them: others may share the machine that an agent is on. */
export function onlyTheirOwn(served: Served, store: Pick<Store, 'run'>): Served {
  /** Who has an attempt never changes, so what is known once stays right. */
  const holders = new Map<string, string>();
  const know = (run: RunId, attempt: number, agent: string): void => {
    const [oldest] = holders.keys();
    if (holders.size >= mostKnown && oldest !== undefined) holders.delete(oldest);
    holders.set(`${run} ${attempt}`, agent);
  };
  async function holderOf(run: RunId, attempt: number): Promise<string | undefined> {
    const known = holders.get(`${run} ${attempt}`);
    if (known !== undefined) return known;
    const found = (await store.run(run))?.attempts.find(each => each.attempt === attempt);
    if (found !== undefined) know(run, attempt, found.agent);
    return found?.agent;
  }
  return {
    ...served,
    claim: async (agent, run, id) => {
      const claim = await served.claim(agent, run, id);
      if (claim.result === 'granted') know(run, claim.run.attempt, agent);
      return claim;
    },
    news: async (agent, word) => {
      if (word.kind !== 'alive') {
        const { attempt } = word.kind === 'log' ? word.chunk : word.news;
        const holder = await holderOf(word.run, attempt);
        if (holder !== agent)
          throw new SignalboxError('forbidden', `attempt ${attempt} of ${word.run} is not one of ${agent}`);
      }
      await served.news(agent, word);
    },
  };
}
