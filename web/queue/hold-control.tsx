import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api.ts';
import { Action } from '../parts/action.tsx';
import '../parts/field.css';
import { Moment } from '../parts/moment.tsx';
import type { Hold } from '../wire.ts';
import './hold-control.css';

/** What one does, how that is taken back, and what it is meanwhile: Pause, Resume, Paused. */
export interface HoldWords {
  readonly begin: string;
  readonly end: string;
  readonly held: string;
}

interface HoldProps {
  /** Its name; empty where the words say it all. */
  readonly what: string;
  readonly words: HoldWords;
  readonly hold: Hold | null;
  readonly begin: (reason: string) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly changed: () => void;
}

/** Lets nothing new start somewhere, for a reason that others read; and takes that back. */
export function HoldControl(props: HoldProps): VNode {
  const { what, words, hold, changed } = props;
  const [isAsked, ask] = useState(false);
  const asker = useRef<HTMLButtonElement>(null);
  const hasLeft = useRef(false);
  // Who leaves the question is where they were before it.
  useLayoutEffect(() => {
    if (hasLeft.current) asker.current?.focus();
    hasLeft.current = false;
  }, [isAsked]);
  const end = async (): Promise<void> => {
    await props.end();
    changed();
  };
  if (hold !== null)
    return (
      <div class="hold">
        <p class="hold-words small">
          {words.held} by <bdi>{hold.by}</bdi> <Moment at={hold.since} />
          {hold.reason !== null && (
            <>
              : <bdi>{hold.reason}</bdi>
            </>
          )}
        </p>
        <Action act={end}>
          <Label word={words.end} what={what} />
        </Action>
      </div>
    );
  if (isAsked)
    return (
      <Ask
        {...props}
        done={() => {
          ask(false);
          changed();
        }}
        leave={() => {
          hasLeft.current = true;
          ask(false);
        }}
      />
    );
  return (
    <div class="hold">
      <button ref={asker} type="button" class="button-quiet" onClick={() => ask(true)}>
        <Label word={words.begin} what={what} />…
      </button>
    </div>
  );
}

/** Asks why. Enter does it, Escape does not. */
function Ask(props: HoldProps & { readonly done: () => void; readonly leave: () => void }): VNode {
  const { what, words } = props;
  const field = useRef<HTMLInputElement>(null);
  const [reason, write] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  // Before anything else can be typed: elsewhere letters are shortcuts.
  useLayoutEffect(() => field.current?.focus(), []);
  const begin = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await props.begin(reason);
      props.done();
    } catch (error) {
      setFailure(ApiError.from(error).message);
      setBusy(false);
    }
  };
  return (
    <div class="hold hold-asks">
      <input
        ref={field}
        class="field hold-reason"
        aria-label={`Why? ${words.begin} ${what}`.trimEnd()}
        placeholder="Why? Whoever waits reads it"
        maxLength={500}
        value={reason}
        onInput={({ currentTarget }) => write(currentTarget.value)}
        onKeyDown={({ key }) => {
          if (key === 'Enter' && !busy) void begin();
          if (key === 'Escape') props.leave();
        }}
      />
      <span class="actions">
        <button type="button" class="button" disabled={busy} onClick={() => void begin()}>
          <Label word={words.begin} what={what} />
        </button>
        <button type="button" class="button" onClick={props.leave}>
          Leave it
        </button>
      </span>
      <span class="action-failure" role="alert">
        {failure}
      </span>
    </div>
  );
}

function Label({ word, what }: { readonly word: string; readonly what: string }): VNode {
  if (what === '') return <>{word}</>;
  return (
    <>
      {word} <bdi>{what}</bdi>
    </>
  );
}
