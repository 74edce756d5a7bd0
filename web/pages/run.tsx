import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import { useBox, useFeed } from '../box.ts';
import { LogView } from '../log/log-view.tsx';
import { aspectOf } from '../parts/aspect.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { useTitle } from '../parts/title.ts';
import { Attempts } from '../runs/attempts.tsx';
import { Reports } from '../runs/reports.tsx';
import { RunActions } from '../runs/run-actions.tsx';
import { RunFacts } from '../runs/run-facts.tsx';
import { runWords } from '../runs/run-words.ts';
import { useLoaded } from '../use-loaded.ts';
import type { FeedItem, RunDetail } from '../wire.ts';

/** One run: how it stands, what it was about, who heard of it, and its log. */
export function RunPage({ id, line }: { readonly id: string; readonly line: number | null }): VNode {
  const { api } = useBox();
  const [loaded, reload] = useLoaded(() => api.run(id));
  const onItem = useCallback(
    (item: FeedItem) => {
      if (item.type === 'run' && item.run === id) reload();
    },
    [id, reload],
  );
  useFeed(onItem, reload);

  switch (loaded.status) {
    case 'loading':
      return <Loading />;
    case 'failed':
      return <Notice>{loaded.error.message}</Notice>;
    case 'loaded':
      return <Shown run={loaded.value} line={line} />;
  }
}

function Shown({ run, line }: { readonly run: RunDetail; readonly line: number | null }): VNode {
  useTitle(`${run.outcome ?? run.state}: ${run.rule}`);
  return (
    <>
      <div class="page-head">
        <div class="page-title">
          <Lamp aspect={aspectOf(run)} />
          <div>
            <h1>
              <bdi>{run.rule}</bdi>
            </h1>
            <output class="run-words">{runWords(run)}</output>
          </div>
        </div>
        <RunActions run={run} />
      </div>
      <div class="with-facts">
        <LogView run={run.id} line={line} />
        <aside class="stack">
          <RunFacts run={run} />
          <Attempts of={run.attempts} />
          <Reports of={run.reports} />
        </aside>
      </div>
    </>
  );
}
