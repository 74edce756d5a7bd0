import { readable } from './control-sequences.ts';

/** What a line says about the structure of its log. Whatever it is, a job wrote it: it moves lines, and proves nothing. */
export type LogMark =
  /** A section begins. `until`: what ends it, in the same words; null: the next one of its kind, or the log's end. */
  | {
      readonly kind: 'open';
      readonly title: string;
      readonly folded: boolean;
      readonly until: string | null;
    }
  | { readonly kind: 'close'; readonly until: string }
  /** The section before is worth seeing after all. */
  | { readonly kind: 'reopen' };

const group = 'group';

/** Titles are for one line of a page. */
const longestTitle = 200;

/**
 * Reads the markers of three dialects: `::group::title` … `::endgroup::`; `section_start:1700000000:name[collapsed=true]`
 * … `section_end:1700000000:name`, each with what a terminal overwrites behind it; `--- title`, `+++ title`, `~~~ title`,
 * which last until the next of them, and `^^^ +++`, which opens the one before.
 */
export function logMark(line: string): LogMark | null {
  // Most lines are no markers, and this is asked of a million at a time.
  const first = line[0] ?? '';
  if (first === ':') return githubMark(line);
  if ('s\u001b\r'.includes(first)) return gitlabMark(line);
  return '-+~^'.includes(first) ? buildkiteMark(line) : null;
}

function githubMark(line: string): LogMark | null {
  const text = readable(line).trimEnd();
  if (text.startsWith('::group::'))
    return { kind: 'open', title: titleOf(text.slice('::group::'.length)), folded: true, until: group };
  return text === '::endgroup::' ? { kind: 'close', until: group } : null;
}

function gitlabMark(line: string): LogMark | null {
  const found =
    // oxlint-disable-next-line no-control-regex -- the marker is followed by what clears it from a terminal
    /^(?:\r|\u001b\[0?K)*section_(start|end):\d{1,15}:([\w.-]{1,100})(\[[^\]]{0,100}\])?(?:\r|\u001b\[0?K)*(.*)$/s.exec(
      line,
    );
  if (found === null) return null;
  const [, word, name = '', options = '', rest = ''] = found;
  const until = `section ${name}`;
  if (word === 'end') return { kind: 'close', until };
  const title = titleOf(readable(rest)) || name;
  return { kind: 'open', title, folded: options.includes('collapsed=true'), until };
}

function buildkiteMark(line: string): LogMark | null {
  if (line.startsWith('^^^ +++')) return { kind: 'reopen' };
  const [, marker, rest] = /^(---|\+\+\+|~~~) (.+)$/.exec(line) ?? [];
  if (marker === undefined || rest === undefined) return null;
  const title = titleOf(readable(rest));
  // The head of a diff is no title: `--- a/file`, `+++ b/file`, `--- file<tab>time`.
  if (title === '' || /^(?:[ab]\/|\/dev\/null)|\t/.test(rest)) return null;
  return { kind: 'open', title, folded: marker !== '+++', until: null };
}

const titleOf = (text: string): string => text.trim().slice(0, longestTitle);

const error =
  /^::error\b|\b(?:error|fatal|panic|exception|traceback|segmentation fault)\b|\bFAIL(?:ED|URE)?\b|\bnot ok\b/i;
const noError =
  /\b(?:0|no|without) (?:errors?|failures?|exceptions?)\b|\bfail(?:ed|ures?)?:? 0\b|\b0 failed\b/i;

/** Whether a line looks as if it told what went wrong: a guess, for those who would otherwise scroll. */
export function looksLikeError(line: string): boolean {
  const text = readable(line);
  return error.test(text) && !noError.test(text);
}
