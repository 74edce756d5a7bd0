import type { VNode } from 'preact';
import type { Authentication } from '../../src/domain/delivery.ts';
import type { Patch } from '../../src/domain/event.ts';
import { exact } from '../format.ts';
import { Fact, Facts } from '../parts/facts.tsx';
import { changesPage, commitPage } from '../parts/forge-pages.ts';
import { Sha } from '../parts/sha.tsx';
import { WebLink } from '../parts/web-link.tsx';
import { to } from '../route.ts';
import type { EventDetail } from '../wire.ts';
import './event-facts.css';

/** What the event says, in one shape for every forge. */
export function EventFacts({ event }: { readonly event: EventDetail }): VNode {
  const { repo, ref, before, after, actor, patch, call, replayOf, delivery } = event;
  const changes = before && after && changesPage(repo, before, after);
  return (
    <section>
      <h2 class="section-title">Facts</h2>
      <Facts>
        <Fact name="Received">{exact(event.receivedAt)}</Fact>
        <Fact name="Source">{event.source}</Fact>
        <Fact name="Sender">{delivery && <Sender of={delivery.authentication} />}</Fact>
        <Fact name="Action">{event.action}</Fact>
        <Fact name="Called">
          {call && <code>{[call.name, ...call.args].map(word => quoted(word)).join(' ')}</code>}
        </Fact>
        <Fact name="Variables">{call && call.env.length > 0 && call.env.join(', ')}</Fact>
        <Fact name="Actor">{actor.name ?? actor.id}</Fact>
        <Fact name="Repository">
          {repo && (
            <a href={to.inboxWith({ repo: repo.name })} title={repo.url}>
              <bdi>{repo.name}</bdi>
            </a>
          )}
        </Fact>
        <Fact name="Ref">{ref && <code>{ref}</code>}</Fact>
        <Fact name="Commit">{after && <Sha of={after} href={commitPage(repo, after)} />}</Fact>
        <Fact name="Before">
          {before && (
            <>
              <Sha of={before} />
              {changes !== null && (
                <>
                  , <WebLink href={changes}>what changed</WebLink>
                </>
              )}
            </>
          )}
        </Fact>
        <Fact name="Patch">{patch && <PatchFacts patch={patch} />}</Fact>
        <Fact name="Replay of">{replayOf && <a href={to.event(replayOf)}>{replayOf}</a>}</Fact>
        <Fact name="Delivery">{event.deliveryId && <code>{event.deliveryId}</code>}</Fact>
        <Fact name="Event">
          <code>{event.id}</code>
        </Fact>
      </Facts>
    </section>
  );
}

/** A word of a call as a shell would tell it from the next. */
const quoted = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word));

function Sender({ of }: { readonly of: Authentication }): VNode {
  switch (of.result) {
    case 'verified':
      return (
        <>
          <span class="sender-verified">✓ verified</span> by {of.by}
          {of.secret !== '1 of 1' && `, secret ${of.secret}`}
        </>
      );
    case 'refused':
      return (
        <>
          ✗ refused by {of.by}: {of.reason}
        </>
      );
    case 'not required':
      return <>not verified: {of.reason}</>;
    case 'fetched':
      return (
        <>
          caught up through the forge’s API, <code>{of.from}</code>, over the configured token
        </>
      );
  }
}

function PatchFacts({ patch }: { readonly patch: Patch }): VNode {
  const { number, title, from, fromFork, draft, author, authorIsMember } = patch;
  return (
    <>
      <bdi>#{number}</bdi> <bdi>{title}</bdi>
      {draft && ', a draft'}
      <br />
      from <code>{from.branch}</code>
      {fromFork && (
        <>
          {from.repo === null ? ' outside the repository' : ' in the fork '}
          <bdi>{from.repo}</bdi>
        </>
      )}
      <br />
      by <bdi>{author.name ?? author.id ?? 'somebody'}</bdi>, {authorIsMember ? 'a member' : 'not a member'}
    </>
  );
}
