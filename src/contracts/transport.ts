import type { Agent, PresenceState } from '../domain/agent.ts';
import type { Event } from '../domain/event.ts';
import type { RunId } from '../domain/id.ts';
import type { LogChunk } from '../domain/log.ts';
import type { News, Run } from '../domain/run.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { Ticket } from './store.ts';

/** The answer to a claim. The very claim that was granted is granted again when it is repeated; no other one is. */
export type Claim =
  | {
      readonly result: 'granted';
      readonly run: Run;
      readonly event: Event;
      /** Null where the plan's action does not ask for it. All of it is JSON. */
      readonly trigger: Trigger | null;
      readonly leaseMs: number;
      /** Values of the plan's secrets, by name. */
      readonly secrets: Readonly<Record<string, string>>;
      /** What opens the clone URL; null where nothing is needed, or known. */
      readonly cloneToken: string | null;
    }
  | { readonly result: 'refused'; readonly reason: string };

/** An agent's word about runs it holds. */
export type AgentNews =
  | {
      readonly kind: 'news';
      readonly run: RunId;
      readonly news: Extract<News, { kind: 'resolved' | 'counterpart' | 'finished' }>;
    }
  | { readonly kind: 'log'; readonly run: RunId; readonly chunk: LogChunk }
  | {
      readonly kind: 'alive';
      readonly runs: readonly { readonly run: RunId; readonly attempt: number }[];
    };

/** The answer to an agent that begins. */
export interface Welcome {
  /** How long a silent agent keeps its runs. */
  readonly leaseMs: number;
  /** Whether somebody wants it to take no runs: see `ControlEnd.drain`. */
  readonly isDrained: boolean;
}

/** How an agent stands, as it says itself. */
export interface Presence extends Agent {
  readonly state: PresenceState;
}

/** Whether what agents say can arrive. */
export type Link =
  | {
      readonly state: 'up';
      /** Without a break; milliseconds since 1970. */
      readonly since: number;
    }
  | { readonly state: 'down'; readonly reason: string };

/** Who answers agents. `agent` is who asks: the transport vouches for that. */
export interface Served {
  /** All that the agent held is over, for this reason: it begins anew, or goes. */
  begin(agent: Agent, reason: string): Promise<Welcome>;
  claim(agent: string, run: RunId, id: string): Promise<Claim>;
  news(agent: string, news: AgentNews): Promise<void>;
  /** Nobody can be given the ticket of this run. */
  undelivered(run: RunId, reason: string): Promise<void>;
}

/** What may happen anywhere in the house. */
export const wideHints = ['feed', 'ticket', 'report', 'announcement'] as const;
/** What happened that somebody may be waiting for. May be lost: who waits also looks by itself now and then. */
export type Hint = (typeof wideHints)[number] | `log:${RunId}`;

/** The control plane's end. */
export interface ControlEnd {
  /** Resolves when the ticket is the transport's responsibility. At least once, to one agent of the pool. */
  send(ticket: Ticket): Promise<void>;
  /** What kept the last ticket of a pool from being sent; null where nothing did. */
  obstacle(pool: string): string | null;
  /** Tells one agent that a run is to end, or is no longer its own. May be lost. */
  cancel(agent: string, run: RunId, attempt: number, reason: string): void;
  /** Tells one agent to take no more runs, or to take some again. May be lost. */
  drain(agent: string, isDrained: boolean): void;
  /** Who answers. News is repeated until `news` resolves. */
  serve(control: Served): Disposable;
  /** Hears how every agent stands, now and then, and when that changes. A word may be lost. */
  onPresence(listener: (presence: Presence) => void): Disposable;
  link(): Link;
  /** How many questions of agents have been taken, and are not answered yet. */
  questions(): number;
  hint(hint: Hint): void;
  onHint(listener: (hint: Hint) => void): Disposable;
}

/** An agent's end. */
export interface AgentEnd {
  /** Before the first ticket, and whenever what it held has been ended without a word: those runs are lost at once. */
  begin(agent: Agent, reason: string): Promise<Welcome>;
  /** Tells every control plane how it stands. May be lost. */
  present(presence: Presence): void;
  /**
   * Calls `take` for tickets of these pools, at most `slots` at a time. A ticket is settled when `take` resolves;
   * one whose `take` never did is delivered again. Ends when the signal aborts and all takes have resolved.
   */
  receive(
    pools: readonly string[],
    slots: number,
    take: (ticket: Ticket) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Of a run whose ticket this end has been given: others are refused. `id` names this claim among all: whoever repeats it,
   * because no answer came, gives the same.
   */
  claim(agent: string, run: RunId, id: string): Promise<Claim>;
  /** Resolves when the control plane has stored it. */
  news(agent: string, news: AgentNews): Promise<void>;
  onCancel(agent: string, listener: (run: RunId, attempt: number, reason: string) => void): Disposable;
  onDrain(agent: string, listener: (isDrained: boolean) => void): Disposable;
}

/** Carries tickets, claims, news, cancels and hints. The store is truth; whatever gets lost here is repeated or found. */
export interface Transport extends AsyncDisposable {
  /** Whether tickets survive a restart of this process; if not, they are sent again at start. */
  readonly remembersTickets: boolean;
  readonly control: ControlEnd;
  readonly agent: AgentEnd;
}
