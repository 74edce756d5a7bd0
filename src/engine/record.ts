import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { AgentNews, Claim, ControlEnd, Served } from '../contracts/transport.ts';
import type { Event } from '../domain/event.ts';
import { holdOn, onAgent } from '../domain/hold.ts';
import type { RunId } from '../domain/id.ts';
import { repoOfSecrets } from '../domain/repo-secrets.ts';
import type { News, Run } from '../domain/run.ts';
import { asksForTrigger, type Trigger, triggerOf } from '../domain/trigger.ts';
import type { Ends } from './ends.ts';
import type { Journal } from './journal.ts';
import { buryAgent } from './sweep.ts';

export interface RecordNeeds {
  readonly store: Pick<Store, 'amend' | 'bareEvent' | 'delivery' | 'appendLog' | 'run' | 'running' | 'holds'>;
  readonly control: Pick<ControlEnd, 'hint' | 'cancel'>;
  /** Values of secrets by name, as configured now. */
  readonly secrets: () => Readonly<Record<string, string>>;
  /** Those that a repository's people have left here for its workflows. */
  readonly repoSecrets: (repo: string) => Promise<Readonly<Record<string, string>>>;
  /** What opens a clone URL, as configured now; null where nothing does. */
  readonly tokenFor: (url: string) => string | null;
  readonly ends: Ends;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly journal: Journal;
}

type ToldNews = Extract<AgentNews, { kind: 'news' }>['news'];

/** The usual end is told sooner, and needs no second look at its time. */
const toldAtOnceMs = 1_000;

/** The control plane's answers to agents: grants claims, and turns what agents say into facts. */
export function createRecorder(needs: RecordNeeds): Served {
  const lease = () => needs.clock.now() + needs.leaseMs;

  return {
    claim,
    news,
    begin: async ({ name }, reason) => {
      await buryAgent(needs, name, reason);
      const isDrained = holdOn(await needs.store.holds(), onAgent(name)) !== undefined;
      return { leaseMs: needs.leaseMs, isDrained };
    },
    undelivered: (id, reason) => fact(id, { kind: 'undeliverable', at: needs.clock.now(), reason }),
  };

  async function claim(agent: string, id: RunId, claim: string): Promise<Claim> {
    const amended = await needs.store.amend(id, {
      kind: 'claimed',
      agent,
      claim,
      at: needs.clock.now(),
      leaseUntil: lease(),
    });
    if (amended.result === 'unknown') return { result: 'refused', reason: `there is no run ${id}` };
    const { run } = amended;
    // The same claim again is a lost answer, told again. Another one comes from a doubled ticket, or from the agent's
    // next life: the attempt is not its own.
    const holds = run.status.state === 'running' && run.status.claim === claim && run.status.agent === agent;
    if (amended.result === 'stale' && !holds) {
      // Where this agent is drained, the ticket goes out again for another one.
      if (run.status.state === 'queued') needs.control.hint('ticket');
      return { result: 'refused', reason: `${id} is ${run.status.state}` };
    }
    // Its agent is alive, and has had no chance to say so.
    if (amended.result === 'stale')
      await needs.store.amend(id, { kind: 'alive', attempt: run.attempt, agent, leaseUntil: lease() });
    const event = await needs.store.bareEvent(run.event);
    if (event === undefined) return { result: 'refused', reason: `the event of ${id} is gone` };
    if (amended.result === 'amended') {
      announce(run);
      needs.journal.note({ kind: 'run.started', run });
    }
    const secrets = await valuesOf(run.plan.secrets);
    const trigger = asksForTrigger(run.plan.action) ? await triggerOfStored(event) : null;
    const { revision } = run.plan;
    const cloneToken = revision === null ? null : needs.tokenFor(revision.url);
    return { result: 'granted', run, event, trigger, leaseMs: needs.leaseMs, secrets, cloneToken };
  }

  /** By the name that the job knows each by. */
  async function valuesOf(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const all = needs.secrets();
    const values: Record<string, string> = {};
    for (const name of names) {
      const repo = repoOfSecrets(name);
      if (repo !== null) Object.assign(values, await needs.repoSecrets(repo));
      else if (all[name] !== undefined) values[name] = all[name];
    }
    return values;
  }

  async function triggerOfStored(event: Event): Promise<Trigger> {
    const stored = event.delivery === null ? undefined : await needs.store.delivery(event.delivery);
    return triggerOf(event, stored?.delivery.body ?? null);
  }

  async function news(agent: string, word: AgentNews): Promise<void> {
    switch (word.kind) {
      case 'log':
        await needs.store.appendLog(word.run, word.chunk);
        needs.control.hint(`log:${word.run}`);
        return;
      case 'news':
        return fact(word.run, await atPossibleTime(word.run, word.news));
      case 'alive':
        await Promise.all(word.runs.map(({ run, attempt }) => alive(agent, run, attempt)));
    }
  }

  /**
   * An end is when the agent's clock says, unless that cannot be: then now. A machine may believe that it is 1970, and what
   * ended then would be forgotten at once.
   */
  async function atPossibleTime(id: RunId, news: ToldNews): Promise<News> {
    if (news.kind !== 'finished') return news;
    const now = needs.clock.now();
    if (news.at > now) return { ...news, at: now };
    if (now - news.at < toldAtOnceMs) return news;
    const attempts = (await needs.store.run(id))?.attempts ?? [];
    const began = attempts.find(({ attempt }) => attempt === news.attempt)?.startedAt;
    return began !== undefined && news.at < began ? { ...news, at: now } : news;
  }

  async function fact(id: RunId, news: News): Promise<void> {
    const amended = await needs.store.amend(id, news);
    if (amended.result !== 'amended') return;
    announce(amended.run);
    needs.control.hint(`log:${id}`);
    if (amended.run.status.state !== 'finished') return;
    needs.ends.tell(amended.run);
    needs.journal.note({ kind: 'run.finished', run: amended.run });
  }

  /** Extends a lease; tells the agent when the run is to end, or is its own no longer. */
  async function alive(agent: string, id: RunId, attempt: number): Promise<void> {
    const amended = await needs.store.amend(id, { kind: 'alive', attempt, agent, leaseUntil: lease() });
    if (amended.result === 'unknown') return needs.control.cancel(agent, id, attempt, 'there is no such run');
    const { status } = amended.run;
    const mine = status.state === 'running' && status.agent === agent && amended.run.attempt === attempt;
    if (!mine)
      needs.control.cancel(agent, id, attempt, `the run went on without this attempt: it is ${status.state}`);
    else if (status.cancelling !== null) needs.control.cancel(agent, id, attempt, status.cancelling.reason);
  }

  function announce(run: Run): void {
    needs.control.hint('feed');
    // Most runs tell nobody and share no group: nothing is looked for that they cannot have caused.
    if (run.plan.report.length > 0) needs.control.hint('report');
    // A run that ends may let the next of its group start.
    if (run.status.state === 'queued' || (run.status.state === 'finished' && run.plan.concurrency !== null))
      needs.control.hint('ticket');
  }
}
