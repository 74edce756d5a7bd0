import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api.ts';
import { useBox } from '../box.ts';
import { RuleCard } from '../event/rule-card.tsx';
import { TryRule } from '../event/try-rule.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { whenLoaded } from '../parts/when-loaded.tsx';
import { to } from '../route.ts';
import { useLoaded } from '../use-loaded.ts';
import type { EventFacts } from '../wire.ts';
import { EventChoice } from './event-choice.tsx';

/** A rule's text, to be read and changed, and what it answers to any stored event. */
export function RuleTrial(props: {
  readonly rule: string;
  /** Whether there is a text: rules that sources bring stand in no file. */
  readonly hasText: boolean;
  /** The event to begin with; null: the latest. */
  readonly event: string | null;
}): VNode {
  const { rule, hasText } = props;
  const { api } = useBox();
  const [event, choose] = useState<EventFacts | null>(null);
  const [failure, fail] = useState<string | null>(null);
  useEffect(() => {
    if (props.event !== null)
      void api.event(props.event).then(choose, (error: unknown) => fail(ApiError.from(error).message));
  }, [props.event]);

  const isAwaited = props.event !== null && event === null && failure === null;
  const choice = isAwaited ? (
    <Loading />
  ) : (
    <div class="rule-event">
      <EventChoice rule={rule} chosen={event} choose={choose} />
      {event !== null && <a href={to.event(event.id)}>Open the event</a>}
    </div>
  );
  return (
    <>
      {failure !== null && <Notice>{failure}</Notice>}
      {hasText && event !== null ? (
        <TryRule title="Its text, to be tried" event={event} rule={rule}>
          {choice}
        </TryRule>
      ) : (
        <section class="try-rule" aria-label="What it answers">
          <h2>What it answers</h2>
          {choice}
          {event === null ? (
            !isAwaited && <p class="soft">There is no event yet that it could be asked about.</p>
          ) : (
            <Answer key={event.id} rule={rule} event={event.id} />
          )}
        </section>
      )}
    </>
  );
}

/** What the rule in force answers. */
function Answer(props: { readonly rule: string; readonly event: string }): VNode {
  const { api } = useBox();
  const [loaded] = useLoaded(() => api.dryRun(props.event));
  return whenLoaded(loaded, verdicts => {
    const its = verdicts.find(({ rule }) => rule === props.rule);
    return its === undefined ? <p class="soft">It does not answer to this.</p> : <RuleCard verdict={its} />;
  });
}
