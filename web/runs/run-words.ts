import { standingWord } from '../parts/standing.ts';
import type { Run } from '../wire.ts';

/** How a run stands, and why when somebody said why: `failure (exit code 2)`, `queued: …`, `cancelled by ada`. */
export function runWords({ state, outcome, exitCode, reason: said }: Run): string {
  const word = standingWord({ state, outcome });
  // That a queued run waits needs no second word.
  const reason = said !== null && state === 'queued' ? said.replace(/^waits: /, '') : said;
  if (reason !== null && (reason.startsWith(word) || reason.endsWith(word))) return reason;
  const code = outcome === 'failure' && exitCode !== null ? ` (exit code ${exitCode})` : '';
  return `${word}${code}${reason === null ? '' : `: ${reason}`}`;
}

/** What a run is of: a rule, and the workflow where a rule makes a run of each. */
export function runName({ rule, workflow }: Pick<Run, 'rule' | 'workflow'>): string {
  return workflow === null ? rule : `${rule} / ${workflow.name}`;
}

/** A text in parts, those that are ids of runs apart. */
export function withRuns(text: string): readonly { readonly text: string; readonly run: string | null }[] {
  return text
    .split(/\b(run_[0-9a-z]{26})\b/)
    .map((part, n) =>
      n % 2 === 0 ? { text: part, run: null } : { text: `run …${part.slice(-6)}`, run: part },
    )
    .filter(part => part.text !== '');
}

/** The same text with ids of runs as short as people read them. */
export const shortRuns = (text: string): string =>
  withRuns(text)
    .map(part => part.text)
    .join('');
