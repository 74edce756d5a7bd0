import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { Action } from '../parts/action.tsx';
import { to } from '../route.ts';
import type { Run } from '../wire.ts';

/** What can be done with a run as it stands; one that waits for an approval has its own place for that. The feed tells what came of it. */
export function RunActions({ run }: { readonly run: Run }): VNode {
  const { api } = useBox();
  return (
    <div class="actions">
      {(run.state === 'queued' || run.state === 'running') && (
        <Action key="cancel" kind="grave" act={() => api.cancel(run.id)}>
          Cancel
        </Action>
      )}
      {run.state === 'finished' && (
        <Action key="rerun" act={async () => void (location.hash = to.run(await api.rerun(run.id)))}>
          Rerun
        </Action>
      )}
    </div>
  );
}
