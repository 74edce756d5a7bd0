import type { VNode } from 'preact';
import { useBox, useReload } from '../box.ts';
import { Headline } from '../event/headline.tsx';
import { Action } from '../parts/action.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { WebLink } from '../parts/web-link.tsx';
import { whenLoaded } from '../parts/when-loaded.tsx';
import { to } from '../route.ts';
import { useLoaded } from '../use-loaded.ts';
import type { EventDetail, RunDetail } from '../wire.ts';
import { WorkFacts } from './work-facts.tsx';
import './approval.css';

/** What somebody lets go who approves this run: whose code, what runs, and what it gets. */
export function Approval({ run }: { readonly run: RunDetail }): VNode {
  const { api } = useBox();
  const [loaded, reload] = useLoaded(() => api.event(run.event));
  // An event does not change; but asking for it may have failed.
  useReload(reload, () => false);
  return (
    <section class="approval" aria-label="Approval">
      <h2>Waits for your approval</h2>
      {/* Nobody approves what is not shown yet, and no button moves from under a finger. */}
      {whenLoaded(loaded, event => (
        <>
          <Proposed event={event} />
          <WorkFacts run={run} />
          <div class="actions">
            <Action kind="main" act={() => api.approve(run.id)}>
              Approve this run
            </Action>
            <Action kind="grave" act={() => api.cancel(run.id)}>
              Do not run it
            </Action>
          </div>
          <p class="soft small">An approval is for this commit and this run alone.</p>
        </>
      ))}
    </section>
  );
}

function Proposed({ event }: { readonly event: EventDetail }): VNode {
  const { patch, actor, commits } = event;
  return (
    <Facts>
      <Fact name="Event">
        <a class="approval-event" href={to.event(event.id)}>
          <Headline event={event} />
        </a>
      </Fact>
      <Fact name="By">{patch?.author.name ?? actor.name ?? actor.id}</Fact>
      <Fact name="Patch">
        {patch && (
          <WebLink href={patch.url}>
            #{patch.number} {patch.title}
          </WebLink>
        )}
      </Fact>
      <Fact name="From">
        {patch && (
          <>
            <bdi>{patch.from.repo ?? 'outside the repository'}</bdi>, <code>{patch.from.branch}</code>
          </>
        )}
      </Fact>
      <Fact name="Says">{patch === undefined ? commits.at(-1)?.message.split('\n', 1)[0] : null}</Fact>
    </Facts>
  );
}
