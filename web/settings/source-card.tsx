import type { VNode } from 'preact';
import { span } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { Moment } from '../parts/moment.tsx';
import { to } from '../route.ts';
import type { Health, Refusal } from '../wire.ts';

type Source = Health['sources'][number];

/** One source: where it is reached, what came last, what was refused last and why, and what it follows by itself. */
export function SourceCard(props: {
  readonly source: Source;
  readonly publicUrl: string | null;
  /** The latest of its deliveries that was not let in. */
  readonly refusal: Refusal | undefined;
}): VNode {
  const { source, publicUrl, refusal } = props;
  const { name, path, lastEventAt, catchUp, streams } = source;
  const address = path === null ? null : `${(publicUrl ?? '').replace(/\/$/, '')}${path}`;
  const isTroubled =
    streams.some(({ connected }) => !connected) || (catchUp !== null && catchUp.problems.length > 0);
  return (
    <section class="settings-part panel">
      <h3>
        <Lamp aspect={isTroubled ? 'fault' : lastEventAt === null ? 'none' : 'proceed'} /> <bdi>{name}</bdi>
      </h3>
      <Facts>
        <Fact name="Address">
          {address === null ? (
            'none: it looks by itself'
          ) : (
            <span class="source-address">
              <code>{address}</code> <CopyButton text={() => address} label="Copy" small />
            </span>
          )}
        </Fact>
        <Fact name="Last event">
          {lastEventAt === null ? (
            'none yet'
          ) : (
            <a href={to.inboxWith({ source: name })}>
              <Moment at={lastEventAt} />
            </a>
          )}
        </Fact>
        <Fact name="Last refusal">
          {refusal && (
            <>
              <Moment at={refusal.receivedAt} /> from <code>{refusal.peer}</code>, answered {refusal.status}:{' '}
              <bdi>{refusal.reason}</bdi>
            </>
          )}
        </Fact>
        <Fact name="Caught up">
          {catchUp && (
            <>
              {catchUp.lastAt === null ? 'not yet' : <Moment at={catchUp.lastAt} />}
              {catchUp.problems.map(problem => (
                <p key={problem} class="source-problem">
                  {problem}
                </p>
              ))}
            </>
          )}
        </Fact>
      </Facts>
      {streams.length > 0 && (
        <ul class="streams">
          {streams.map(stream => (
            <Stream key={stream.name} stream={stream} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Stream({ stream }: { readonly stream: Source['streams'][number] }): VNode {
  const { name, connected, lagMs, lastEventAt, skipped, strangers, problem } = stream;
  const words = [
    connected ? 'connected' : 'not connected',
    lagMs === null ? null : `${span(lagMs)} behind`,
    skipped === 0 ? null : `${skipped} not understood`,
    strangers === 0 ? null : `${strangers} of nobody here`,
  ].filter(word => word !== null);
  return (
    <li>
      <Lamp aspect={connected ? 'proceed' : 'fault'} label={connected ? 'connected' : 'not connected'} />
      <div>
        <bdi>{name}</bdi>
        <p class="soft small">
          {words.join(' · ')}
          {lastEventAt !== null && (
            <>
              {' '}
              · last event <Moment at={lastEventAt} />
            </>
          )}
        </p>
        {problem !== null && <p class="source-problem small">{problem}</p>}
      </div>
    </li>
  );
}
