import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { useBox, useReload } from '../box.ts';
import { LogView } from '../log/log-view.tsx';
import { useLog } from '../log/use-log.ts';
import { aspectOf } from '../parts/aspect.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { useTitle } from '../parts/title.ts';
import { whenLoaded } from '../parts/when-loaded.tsx';
import type { LineRange } from '../route.ts';
import { Approval } from '../runs/approval.tsx';
import { Attempts } from '../runs/attempts.tsx';
import { byHand } from '../runs/by-hand.ts';
import { Reports } from '../runs/reports.tsx';
import { RunFacts } from '../runs/run-facts.tsx';
import { RunHead } from '../runs/run-head.tsx';
import { runName } from '../runs/run-words.ts';
import { Steps } from '../runs/steps.tsx';
import { TimelineBar } from '../runs/timeline-bar.tsx';
import { WorkFacts } from '../runs/work-facts.tsx';
import { type Loaded, useLoaded } from '../use-loaded.ts';
import type { RunDetail } from '../wire.ts';

/** Between two looks at what waits: reports are tried again, and slots are free, after seconds or minutes. */
const lookAgainMs = 5_000;

/** One run: how it stands, what it was about, who heard of it, and its log. */
export function RunPage({ id, lines }: { readonly id: string; readonly lines: LineRange | null }): VNode {
  const { api } = useBox();
  const [loaded, reload] = useLoaded(() => api.run(id));
  useReload(reload, item => item.type === 'run' && item.run === id);
  useWaiting(loaded, reload);
  return whenLoaded(loaded, run => <Shown run={run} lines={lines} />);
}

/** The feed speaks neither of reports nor of what a run waits for: meanwhile it is looked at again now and then. */
function useWaiting(loaded: Loaded<RunDetail>, reload: () => void): void {
  const waits =
    loaded.status === 'loaded' &&
    (loaded.value.state === 'queued' || loaded.value.reports.some(({ state }) => state === 'waiting'));
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setInterval(() => document.hidden || reload(), lookAgainMs);
    return () => clearInterval(timer);
  }, [waits, reload]);
}

function Shown({ run, lines }: { readonly run: RunDetail; readonly lines: LineRange | null }): VNode {
  useTitle(`${run.outcome ?? run.state}: ${runName(run)}`, aspectOf(run));
  const log = useLog(run);
  const commands = byHand(run);
  return (
    <>
      <RunHead run={run} />
      {run.state === 'blocked' ? <Approval run={run} /> : <TimelineBar run={run} marks={log.marks} />}
      <div class="with-facts">
        <LogView run={run} lines={lines} log={log} />
        <aside class="stack">
          <RunFacts run={run} />
          <Steps run={run} marks={log.marks} />
          <Attempts of={run.attempts} />
          <Reports of={run.reports} />
          {run.state !== 'blocked' && (
            <details class="work">
              <summary>What it runs</summary>
              <WorkFacts run={run} />
              {commands !== null && (
                <CopyButton text={() => commands} label="Copy commands to do it by hand" small />
              )}
            </details>
          )}
        </aside>
      </div>
    </>
  );
}
