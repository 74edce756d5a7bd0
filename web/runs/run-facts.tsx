import type { VNode } from 'preact';
import { exact, took } from '../format.ts';
import { Duration } from '../parts/duration.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { commitPage } from '../parts/forge-pages.ts';
import { Sha } from '../parts/sha.tsx';
import { WebLink } from '../parts/web-link.tsx';
import { to } from '../route.ts';
import type { RunDetail } from '../wire.ts';

/** When a run was queued, waited and worked, and on what. */
export function RunFacts({ run }: { readonly run: RunDetail }): VNode {
  const { repo, ref, sha, queuedAt, startedAt, finishedAt, rerunOf, adapter, workflow, build } = run;
  return (
    <section>
      <h2 class="section-title">Facts</h2>
      <Facts>
        <Fact name="Event">
          <a href={to.event(run.event)}>{startedAt === null ? 'Why it was planned' : 'Why it ran'}</a>
        </Fact>
        <Fact name="Actor">{run.actor.name ?? run.actor.id}</Fact>
        <Fact name="Rule">
          <a href={to.rule(run.rule)}>
            <bdi>{run.rule}</bdi>
          </a>
          , <a href={to.runsWith({ rule: run.rule })}>all its runs</a>
        </Fact>
        <Fact name="Repository">{repo && <span title={repo.url}>{repo.name}</span>}</Fact>
        <Fact name="Ref">{ref && <code>{ref}</code>}</Fact>
        <Fact name="Commit">{sha && <Sha of={sha} href={commitPage(repo, sha)} />}</Fact>
        <Fact name="Queued">{exact(queuedAt)}</Fact>
        <Fact name="Started">{startedAt && `${exact(startedAt)}, after ${took(queuedAt, startedAt)}`}</Fact>
        <Fact name="Took">{startedAt && <Duration rule={run.rule} from={startedAt} to={finishedAt} />}</Fact>
        <Fact name="Exit code">{run.exitCode}</Fact>
        <Fact name="Attempt">{run.attempt === 0 ? null : run.attempt}</Fact>
        <Fact name="Agent">{run.agent}</Fact>
        <Fact name="Rerun of">{rerunOf && <a href={to.run(rerunOf)}>{rerunOf}</a>}</Fact>
        <Fact name="Workflow">
          {workflow && (
            <>
              <bdi>{workflow.name}</bdi> of <code>{workflow.pipeline}</code>
            </>
          )}
        </Fact>
        <Fact name="Build">
          {build && (
            <WebLink href={build.url}>
              {build.provider} {build.id}
            </WebLink>
          )}
        </Fact>
        <Fact name="Adapter">{adapter && <WebLink href={adapter.infoUrl}>{adapter.runId}</WebLink>}</Fact>
        <Fact name="Run">
          <code>{run.id}</code>
        </Fact>
      </Facts>
    </section>
  );
}
