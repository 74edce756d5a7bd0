import type { Store } from '../contracts/store.ts';
import type { RunId } from '../domain/id.ts';
import { goodness } from '../domain/occasion.ts';
import type { Outcome, Run } from '../domain/run.ts';

/** Where so many other runs of the rule came between, nobody remembers how it stood before. */
const most = { pages: 10, onPage: 100 };

/** How the run before it ended, of the same rule, repository and ref, that was seen to its end; null: there is none. */
export async function previousOutcome(
  { store }: { readonly store: Pick<Store, 'run' | 'runs'> },
  id: RunId,
): Promise<Outcome | null> {
  const found = await store.run(id);
  if (found === undefined) return null;
  const line = lineOf(found.run);
  let after: string | null = id;
  for (let page = 0; page < most.pages && after !== null; page += 1) {
    const filter = { state: 'finished', rule: found.run.rule, event: null } as const;
    const { items, next } = await store.runs(filter, { limit: most.onPage, after });
    for (const run of items)
      if (run.status.state === 'finished' && goodness(run.status.outcome) !== null && lineOf(run) === line)
        return run.status.outcome;
    after = next;
  }
  return null;
}

/** What runs that follow each other have in common. */
const lineOf = ({ plan }: Run): string =>
  JSON.stringify([plan.repo?.name, plan.revision?.ref, plan.workflow?.name]);
