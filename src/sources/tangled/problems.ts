import { SignalboxError } from '../../domain/errors.ts';

/** What stands in the way now, each under what it is about. */
export interface Problems {
  /** Keeps what is wrong with something; null: nothing is. A problem is told once, as long as it lasts. */
  judge(what: string, problem: string | null): void;
  /** The first of them. */
  shown(): readonly string[];
}

/** Problems are for people: so many are shown. */
const mostShown = 20;

export function createProblems(trouble: (error: SignalboxError) => void): Problems {
  const problems = new Map<string, string>();
  return {
    judge(what, problem) {
      if (problem === null) return void problems.delete(what);
      if (problems.get(what) === problem) return;
      problems.set(what, problem);
      trouble(new SignalboxError('unavailable', problem));
    },
    shown: () => [...problems.values()].slice(0, mostShown),
  };
}
