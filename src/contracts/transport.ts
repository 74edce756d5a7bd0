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
      readonly agent: string;
      readonly runs: readonly { readonly run: RunId; readonly attempt: number }[];
    };

/** What happened that somebody may be waiting for. May be lost: who waits also looks by itself now and then. */
export type Hint = 'feed' | 'ticket' | 'report' | 'announcement' | `log:${RunId}`;

/** The control plane's end. */
export interface ControlEnd {
  /** Resolves when the ticket is the transport's responsibility. At least once, to one agent of the pool. */
  send(ticket: Ticket): Promise<void>;
  /** Tells one agent that a run is to end, or is no longer its own. May be lost. */
  cancel(agent: string, run: RunId, attempt: number, reason: string): void;
  /** Who answers. News is repeated until `news` resolves. */
  serve(control: {
    claim(agent: string, run: RunId, id: string): Promise<Claim>;
    news(news: AgentNews): Promise<void>;
  }): Disposable;
  hint(hint: Hint): void;
  onHint(listener: (hint: Hint) => void): Disposable;
}

/** An agent's end. */
export interface AgentEnd {
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
  /** `id` names this claim among all: whoever repeats it, because no answer came, gives the same. */
  claim(agent: string, run: RunId, id: string): Promise<Claim>;
  /** Resolves when the control plane has stored it. */
  news(news: AgentNews): Promise<void>;
  onCancel(agent: string, listener: (run: RunId, attempt: number, reason: string) => void): Disposable;
}

/** Carries tickets, claims, news, cancels and hints. The store is truth; whatever gets lost here is repeated or found. */
export interface Transport extends AsyncDisposable {
  /** Whether tickets survive a restart of this process; if not, they are sent again at start. */
  readonly remembersTickets: boolean;
  readonly control: ControlEnd;
  readonly agent: AgentEnd;
}
