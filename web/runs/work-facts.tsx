import type { VNode } from 'preact';
import { span } from '../format.ts';
import { Fact, Facts } from '../parts/facts.tsx';
import { Sha } from '../parts/sha.tsx';
import type { RunDetail } from '../wire.ts';
import './work-facts.css';

/** What a run executes, on which code, and what it is given. */
export function WorkFacts({ run }: { readonly run: RunDetail }): VNode {
  const { kind, summary, url, env, secrets, withheld, isolation, pool, timeoutMs } = run.work;
  return (
    <Facts>
      <Fact name={kind === 'command' ? 'Runs' : `Runs ${kind}`}>
        <pre class="work-summary">{summary.trimEnd()}</pre>
      </Fact>
      <Fact name="Code">
        {url !== null && (
          <>
            <bdi>{url}</bdi> {run.sha !== null && <Sha of={run.sha} />}
          </>
        )}
      </Fact>
      <Fact name="Secrets">{secrets.length === 0 ? 'none' : secrets.join(', ')}</Fact>
      <Fact name="Withheld">{withheld.length === 0 ? null : withheld.join(', ')}</Fact>
      <Fact name="Variables">{env.length === 0 ? null : env.join(', ')}</Fact>
      <Fact name="Isolation">
        {isolation === 'none' ? 'none: it sees this machine' : 'a namespace of its own'}
      </Fact>
      <Fact name="Limits">
        {span(timeoutMs)}, pool {pool}
      </Fact>
    </Facts>
  );
}
