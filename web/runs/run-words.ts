import { standingWord } from '../parts/standing.ts';
import type { Run } from '../wire.ts';

/** How a run stands, and why when somebody said why: `failure (exit code 2)`, `queued: …`, `cancelled by ada`. */
export function runWords({ state, outcome, exitCode, reason }: Run): string {
  const word = standingWord({ state, outcome });
  if (reason !== null && (reason.startsWith(word) || reason.endsWith(word))) return reason;
  const code = outcome === 'failure' && exitCode !== null ? ` (exit code ${exitCode})` : '';
  return `${word}${code}${reason === null ? '' : `: ${reason}`}`;
}
