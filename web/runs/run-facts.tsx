import type { VNode } from 'preact';
import { exact, took } from '../format.ts';
import { Fact, Facts } from '../parts/facts.tsx';
import { Sha } from '../parts/sha.tsx';
import { Took } from '../parts/took.tsx';
import { to } from '../route.ts';
import type { Run } from '../wire.ts';

/** When a run was queued, waited and worked, and on what. */
export function RunFacts({ run }: { readonly run: Run }): VNode {
  const { repo, ref, sha, queuedAt, startedAt, finishedAt, rerunOf, adapter, build } = run;
  return (
    <section>
      <h2 class="section-title">Facts</h2>
      <Facts>
        <Fact name="Event">
          <a href={to.event(run.event)}>Why it ran</a>
        </Fact>
        <Fact name="Repository">{repo && <span title={repo.url}>{repo.name}</span>}</Fact>
        <Fact name="Ref">{ref && <code>{ref}</code>}</Fact>
        <Fact name="Commit">{sha && <Sha of={sha} />}</Fact>
        <Fact name="Queued">{exact(queuedAt)}</Fact>
        <Fact name="Started">{startedAt && `${exact(startedAt)}, after ${took(queuedAt, startedAt)}`}</Fact>
        <Fact name="Took">{startedAt && <Took from={startedAt} to={finishedAt} />}</Fact>
        <Fact name="Exit code">{run.exitCode}</Fact>
        <Fact name="Attempt">{run.attempt === 0 ? null : run.attempt}</Fact>
        <Fact name="Agent">{run.agent}</Fact>
        <Fact name="Rerun of">{rerunOf && <a href={to.run(rerunOf)}>{rerunOf}</a>}</Fact>
        <Fact name="Adapter">{adapter && <Counterpart id={adapter.runId} url={adapter.infoUrl} />}</Fact>
        <Fact name="Build">{build && <Counterpart id={build.id} url={build.url} />}</Fact>
        <Fact name="Run">
          <code>{run.id}</code>
        </Fact>
      </Facts>
    </section>
  );
}

/** What somebody else calls the run, and where they show it. */
function Counterpart({ id, url }: { readonly id: string; readonly url: string | null }): VNode {
  return url === null ? (
    <bdi>{id}</bdi>
  ) : (
    <a href={url} rel="noopener noreferrer">
      <bdi>{id}</bdi>
    </a>
  );
}
