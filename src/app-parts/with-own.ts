import type { Clock } from '../contracts/clock.ts';
import type { AgentEnd } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { Action } from '../domain/rule.ts';
import type { Held } from './held.ts';

export interface WithOwnNeeds<End> {
  readonly end: End;
  /** What stands before the end where something is to be told. */
  readonly spool: Pick<AgentEnd, 'news'>;
  readonly held: Pick<Held, 'add' | 'remove'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What an agent brings to the runs that it is granted. */
export interface Own {
  readonly secrets: Readonly<Record<string, string>>;
  /** Hears what opens each clone URL. */
  readonly tokens: Map<string, string>;
  /** What to do in place of what a plan says; undefined: that very thing. */
  readonly action: (() => Action) | undefined;
}

/** The agent's end as its work sees it: grants bring the agent's own secrets, and each is written down until its end is told. */
export function withOwn<End extends Pick<AgentEnd, 'claim' | 'news'>>(
  { end, spool, held, clock }: WithOwnNeeds<End>,
  own: Own,
): End {
  return {
    ...end,
    claim: async (agent, run, id) => {
      const claim = await end.claim(agent, run, id);
      if (claim.result === 'refused') return claim;
      const { plan, attempt } = claim.run;
      try {
        held.add(run, attempt);
      } catch (error) {
        // Who only asked again would keep the run from everybody, for as long as the disk is full.
        const { message } = SignalboxError.from(error);
        const reason = `${agent} cannot write into its data directory (${message}): make room there, and run it again`;
        const ending = { outcome: 'error', exitCode: null, reason } as const;
        const news = { kind: 'finished', attempt, at: clock.now(), ending } as const;
        await spool.news(agent, { kind: 'news', run, news });
        return { result: 'refused', reason };
      }
      // The latest counts, also where there is none any more.
      if (plan.revision !== null) {
        if (claim.cloneToken === null) own.tokens.delete(plan.revision.url);
        else own.tokens.set(plan.revision.url, claim.cloneToken);
      }
      // What this machine's owner has put here counts before what comes from elsewhere.
      const ours = Object.fromEntries(
        plan.secrets.flatMap(name => {
          const value = own.secrets[name];
          return value === undefined ? [] : [[name, value]];
        }),
      );
      const granted = { ...claim, secrets: { ...claim.secrets, ...ours } };
      if (own.action === undefined) return granted;
      return { ...granted, run: { ...claim.run, plan: { ...plan, action: own.action() } } };
    },
    news: async (agent, word) => {
      await spool.news(agent, word);
      if (word.kind === 'news' && word.news.kind === 'finished') held.remove(word.run, word.news.attempt);
    },
  };
}
