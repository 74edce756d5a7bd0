import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from '../api.ts';
import './action.css';

/** A button that does something at the server, waits for it, and says so when it did not work. */
export function Action(props: {
  readonly children: ComponentChildren;
  readonly act: () => Promise<void>;
  readonly kind?: 'plain' | 'main' | 'grave';
}): VNode {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const act = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await props.act();
    } catch (error) {
      setFailure(ApiError.from(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <span class="action">
      <button
        type="button"
        class={`button button-${props.kind ?? 'plain'}`}
        disabled={busy}
        onClick={() => void act()}
      >
        {props.children}
      </button>
      <span class="action-failure" role="alert">
        {failure}
      </span>
    </span>
  );
}
