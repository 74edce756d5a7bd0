import { z } from 'zod';
import { webLink } from '../../domain/adapter.ts';
import type { Counterpart } from '../../domain/counterpart.ts';

/** How an adapter says that it ended; `error`: it could not do what was asked. */
export type Result =
  | { readonly result: 'success' | 'failure' }
  | { readonly result: 'error'; readonly text: string };

/**
 * What an adapter has said so far. It has to say `triggered`, then `finished`, and nothing else:
 *
 *   silent     → triggered (its run) → finished (its result)
 */
export interface Conversation {
  readonly run: Counterpart | null;
  readonly result: Result | null;
  /** How the protocol was broken first, where that ends the run. */
  readonly violation: string | null;
}

export const silence: Conversation = { run: null, result: null, violation: null };

/** What came of one line: the conversation after it, and what the reader of the log should know. */
export interface Heard {
  readonly conversation: Conversation;
  readonly warning: string | null;
}

/** Longer ones are cut: they are shown in lists. */
const longestId = 512;
/** So is why it failed; the whole of it is in the log. */
const longestReason = 2_000;

/** Takes the next line, without its line feed. With `strict`, what breaks the protocol is a violation, else a warning. */
export function hear(before: Conversation, line: string, { strict }: { readonly strict: boolean }): Heard {
  const text = line.trim();
  if (text === '') return { conversation: before, warning: null };
  const said = read(text, strict);
  if (said === null) return broken(before, 'this is no response', strict);
  switch (said.response) {
    case 'triggered':
      return triggered(before, said, strict);
    case 'finished':
      return finished(before, said, strict);
  }
}

function triggered(before: Conversation, said: Said & { response: 'triggered' }, strict: boolean): Heard {
  if (before.result !== null) return tooMuch(before);
  if (before.run !== null && strict)
    return broken(before, 'it was to say "finished", and says "triggered" again', strict);
  const run = runOf(before.run, said);
  const warning = before.run === null ? said.extra : 'it says "triggered" again: its first run id stays';
  return { conversation: { ...before, run }, warning };
}

/** What it says first stays, each half of it: it is told to everybody. The same one where there is nothing new. */
function runOf(
  before: Counterpart | null,
  { runId, infoUrl }: Said & { response: 'triggered' },
): Counterpart {
  if (before === null) return { id: runId, url: infoUrl };
  return before.url === null && infoUrl !== null ? { ...before, url: infoUrl } : before;
}

function finished(before: Conversation, said: Said & { response: 'finished' }, strict: boolean): Heard {
  if (before.result !== null) return tooMuch(before);
  if (before.run === null && strict)
    return broken(before, 'it was to say "triggered" first, and says "finished"', strict);
  const warning = before.run === null ? 'it says "finished" without "triggered" before' : said.extra;
  return { conversation: { ...before, result: said.result }, warning };
}

/** What comes after the end counts for nothing, as in the original. */
const tooMuch = (before: Conversation): Heard => ({
  conversation: before,
  warning: 'it goes on after "finished": that is not looked at',
});

function broken(before: Conversation, why: string, strict: boolean): Heard {
  return strict
    ? { conversation: { ...before, violation: before.violation ?? why }, warning: null }
    : { conversation: before, warning: why };
}

type Said =
  | {
      readonly response: 'triggered';
      readonly runId: string;
      readonly infoUrl: string | null;
      readonly extra: string | null;
    }
  | { readonly response: 'finished'; readonly result: Result; readonly extra: string | null };

/** And the names of what nobody knows. */
const longestNames = 200;

const shown = (text: string, longest: number): string =>
  text
    .slice(0, longest)
    .replace(/\p{Cc}+/gu, ' ')
    .toWellFormed();
const words = (longest: number) => z.string().transform(text => shown(text, longest));
const id = words(longestId);
const infoUrl = z.string().nullable().optional();
const result = z.enum(['success', 'failure']).transform(word => ({ result: word }));

/** As the broker of today reads them. */
const strictResponse = z.discriminatedUnion('response', [
  z.strictObject({ response: z.literal('triggered'), run_id: z.strictObject({ id }), info_url: infoUrl }),
  z.strictObject({ response: z.literal('finished'), result }),
]);

/** As adapters of all times have written them. */
const liberalResponse = z.discriminatedUnion('response', [
  z.looseObject({
    response: z.literal('triggered'),
    run_id: z.union([z.object({ id }), id.transform(text => ({ id: text }))]),
    info_url: infoUrl,
  }),
  z.looseObject({
    response: z.literal('finished'),
    result: z.union([
      result,
      z
        .object({ error: words(longestReason) })
        .transform(({ error }) => ({ result: 'error' as const, text: error })),
    ]),
  }),
]);

function read(text: string, strict: boolean): Said | null {
  const parsed = (strict ? strictResponse : liberalResponse).safeParse(json(text));
  if (!parsed.success) return null;
  const { data } = parsed;
  const known = ['response', 'run_id', 'info_url', 'result'];
  const unknown = Object.keys(data).filter(key => !known.includes(key));
  const extra =
    unknown.length === 0
      ? null
      : `the response has fields that are not known: ${shown(unknown.join(', '), longestNames)}`;
  return data.response === 'triggered'
    ? { response: 'triggered', runId: data.run_id.id, infoUrl: webLink(data.info_url ?? ''), extra }
    : { response: 'finished', result: data.result, extra };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no response, like any other text
  }
}
