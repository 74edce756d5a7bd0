import type { VNode } from 'preact';
import { shortRef } from '../format.ts';
import { Sha } from '../parts/sha.tsx';
import type { RunSummary } from '../wire.ts';

/** Where a run in a list runs: repository, ref and commit. */
export function RunWhere({ run }: { readonly run: RunSummary }): VNode {
  const { repo, ref, sha } = run;
  return (
    <span class="run-row-where small">
      {repo !== null && <bdi>{repo.name}</bdi>}
      {ref !== null && <code>{shortRef(ref)}</code>}
      {sha !== null && <Sha of={sha} />}
    </span>
  );
}
