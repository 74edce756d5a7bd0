import { z } from 'zod';
import type { Ticket } from '../../contracts/store.ts';
import { type AgentNews, type Hint, type Presence, wideHints } from '../../contracts/transport.ts';
import { type Agent, presenceStates } from '../../domain/agent.ts';
import { parseRunId, type RunId } from '../../domain/id.ts';
import { logStreams } from '../../domain/log.ts';
import { writeFrame } from './frame.ts';

/** What an agent asks of a control plane. */
export type Ask =
  | { readonly ask: 'begin'; readonly agent: Agent; readonly reason: string }
  | { readonly ask: 'claim'; readonly run: RunId; readonly id: string; readonly key: string }
  | { readonly ask: 'news'; readonly news: AgentNews };

/** Somebody else's texts are kept short: they are stored, and shown. */
const text = (longest: number) => z.string().max(longest);
const run = z.string().transform((written, context): RunId => {
  const id = parseRunId(written);
  if (id !== undefined) return id;
  context.addIssue('it is no id of a run');
  return z.NEVER;
});
const attempt = z.int().min(1);
const time = z.int();
/** Of a ticket. Without one nothing is granted, and the sentence that says so is better than none. */
const key = text(128).default('');
const name = text(128).regex(/^[a-z0-9][a-z0-9._-]*$/);

const agent: z.ZodType<Agent> = z.object({
  name,
  pools: z.array(text(64).regex(/^[a-z0-9][a-z0-9._-]*$/)).max(64),
  slots: z.int().min(0).max(10_000),
  version: text(64),
  capabilities: z.object({
    os: text(64),
    arch: text(64),
    node: text(64),
    tools: z.array(text(64)).max(64),
    isolation: z.boolean(),
  }),
});

const outcomes = ['success', 'failure', 'error', 'timeout', 'cancelled'] as const;
const reason = text(100_000);

const word = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('news'),
    run,
    news: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('resolved'), attempt, sha: text(128) }),
      z.object({
        kind: z.literal('counterpart'),
        attempt,
        counterpart: z.object({ id: text(10_000), url: text(10_000).nullable() }),
      }),
      z.object({
        kind: z.literal('finished'),
        attempt,
        at: time,
        ending: z.object({
          outcome: z.enum(outcomes),
          exitCode: z.int().nullable(),
          reason: reason.nullable(),
        }),
      }),
    ]),
  }),
  z.object({
    kind: z.literal('log'),
    run,
    chunk: z.object({ attempt, sequence: z.int().min(1), at: time, stream: z.enum(logStreams) }),
  }),
  z.object({ kind: z.literal('alive'), runs: z.array(z.object({ run, attempt })).max(10_000) }),
]);

const ask = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('begin'), agent, reason }),
  z.object({ ask: z.literal('claim'), run, id: text(128), key }),
  z.object({ ask: z.literal('news'), news: word }),
]);

const presence = z.intersection(agent, z.object({ state: z.enum(presenceStates) }));
const ticket = z.object({ run, pool: text(64), key });
const hints = z.object({ from: text(64), hints: z.array(text(64)).max(10_000) });

export function writeAsk(asked: Ask): Buffer {
  if (asked.ask !== 'news' || asked.news.kind !== 'log') return writeFrame(asked);
  const { chunk, ...news } = asked.news;
  const { bytes, ...rest } = chunk;
  return writeFrame({ ...asked, news: { ...news, chunk: rest } }, bytes);
}

/** What stands in a message that is not as it should be is nobody's word: undefined. */
export function readAsk(head: unknown, bytes: Uint8Array): Ask | undefined {
  const read = ask.safeParse(head).data;
  if (read?.ask !== 'news') return read;
  const { news } = read;
  return { ask: 'news', news: news.kind === 'log' ? { ...news, chunk: { ...news.chunk, bytes } } : news };
}

export const readPresence = (head: unknown): Presence | undefined => presence.safeParse(head).data;
/** A ticket as it travels, with what its holder shows when it claims the run. */
export interface KeyedTicket extends Ticket {
  readonly key: string;
}
export const readTicket = (head: unknown): KeyedTicket | undefined => ticket.safeParse(head).data;

export interface Hints {
  /** Which control plane says it. */
  readonly from: string;
  readonly hints: readonly Hint[];
}

export function readHints(head: unknown): Hints | undefined {
  const read = hints.safeParse(head).data;
  return read && { from: read.from, hints: read.hints.flatMap(text => hintOf(text) ?? []) };
}

function hintOf(text: string): Hint | undefined {
  const wide = wideHints.find(hint => hint === text);
  if (wide !== undefined) return wide;
  const run = text.startsWith('log:') ? parseRunId(text.slice('log:'.length)) : undefined;
  return run && `log:${run}`;
}
