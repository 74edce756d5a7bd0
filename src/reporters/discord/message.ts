import type { Event } from '../../domain/event.ts';
import { describe, type Report } from '../../domain/report.ts';
import type { Outcome } from '../../domain/run.ts';
import { stripEscapes } from '../../lib/strip-escapes.ts';
import { withoutMentions } from './mentions.ts';

/** Discord refuses longer messages. */
const longestMessage = 2000;
/** As much of the output as Lightspeed shows. */
const longestTail = 1800;
/** For the sentence itself. */
const longestHead = 400;
const [fence, fenceEnd] = ['\n```\n', '\n```'];

/** That a run has started, in Lightspeed's words. */
export const startMessage = (mention: string, report: Report, event: Event | undefined): string =>
  said(
    mention,
    `${event?.actor.name ?? 'unknown'} running hook ${code(report.rule)}${on(report, event, branch => branch)}`,
  );

/** How a run has ended; with the end of its output, and the page where there is more, where there are such. */
export function endMessage(
  mention: string,
  report: Report,
  event: Event | undefined,
  more: { readonly tail: readonly string[] | null; readonly page: string | null },
): string {
  const head = said(
    mention,
    `CI job ${code(report.rule)} ${verbOf(report)}${on(report, event, branch => `branch(${branch})`)}${why(report)}`,
  );
  const link = more.page === null ? '' : `\n<${more.page}>`;
  return `${head}${shownTail(more.tail, longestMessage - head.length - link.length)}${link}`;
}

function verbOf({ status }: Report): string {
  const outcome: Outcome = status.state === 'finished' ? status.outcome : 'lost';
  switch (outcome) {
    case 'success':
      return 'succeeded';
    case 'failure':
    case 'error':
    case 'timeout':
    case 'lost':
      return '**FAILED**';
    case 'cancelled':
    case 'superseded':
    case 'skipped':
      return `was ${outcome}`;
  }
}

/** A success speaks for itself, and so does a failure: its output does. */
function why({ status }: Report): string {
  const speaks = status.state !== 'finished' || status.outcome === 'success' || status.outcome === 'failure';
  return speaks ? '' : `: ${describe(status)}`;
}

/** The end of the output in a block that nothing in it can leave. */
function shownTail(lines: readonly string[] | null, room: number): string {
  if (lines === null) return '';
  const text = lines.map(stripEscapes).join('\n').trim();
  if (text === '') return ' `[no output]`';
  const quoted = withoutMentions(text).replaceAll('```', '`\u200b`\u200b`');
  const longest = Math.min(longestTail, room - fence.length - fenceEnd.length);
  // No character is cut in half.
  return `${fence}${quoted.slice(-longest).replace(/^[\udc00-\udfff]/, '')}${fenceEnd}`;
}

/** A sentence on one line that calls nobody but who is mentioned before it. */
function said(mention: string, text: string): string {
  const line = withoutMentions(text.replaceAll(/\s+/g, ' '));
  const cut =
    line.length <= longestHead ? line : `${line.slice(0, longestHead - 1).replace(/[\ud800-\udbff]$/, '')}…`;
  return mention === '' ? cut : `${mention} ${cut}`;
}

/** What it ran for, in words; nothing where that is no branch and no commit. */
function on({ sha }: Report, event: Event | undefined, words: (branch: string) => string): string {
  const branch = event?.branch ?? event?.ref ?? sha?.slice(0, 12);
  return branch === undefined ? '' : ` on ${words(branch)}`;
}
const code = (name: string): string => `\`${name.replaceAll('`', "'")}\``;
