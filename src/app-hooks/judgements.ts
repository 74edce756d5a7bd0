import type { RunId } from '../domain/id.ts';
import type { Decision } from '../sources/hooks/decide.ts';
import type { Hook } from '../sources/hooks/hook.ts';

/** What a hook of a repository has made of a request, for whoever waits for the answer. */
export type Judged =
  | { readonly result: 'no hook' }
  | { readonly result: 'answered'; readonly decision: Extract<Decision, { result: 'answered' }> }
  | { readonly result: 'ran'; readonly hook: Hook };

/**
 * What was found out in checkouts, kept for the door. It may be lost, as with a restart: then the answer is plainer. The
 * run and its log have it all.
 */
export interface Judgements {
  note(run: RunId, judged: Judged): void;
  take(run: RunId): Judged | undefined;
}

/** Nobody asks for what an asynchronous request has made. */
const mostKept = 1000;

export function createJudgements(): Judgements {
  const kept = new Map<RunId, Judged>();
  return {
    note: (run, judged) => {
      const [oldest] = kept.keys();
      if (oldest !== undefined && kept.size >= mostKept) kept.delete(oldest);
      kept.set(run, judged);
    },
    take: run => {
      const judged = kept.get(run);
      kept.delete(run);
      return judged;
    },
  };
}
