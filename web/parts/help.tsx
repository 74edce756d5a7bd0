import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useBox } from '../box.ts';
import { useWatched } from '../state.ts';
import './help.css';

/** What the keys do on the page that is shown. */
export function Help({ close }: { readonly close: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const shortcuts = useWatched(useBox().keys);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="help panel" ref={dialog} onClose={close} aria-labelledby="help-title">
      <h2 id="help-title">Keys on this page</h2>
      <dl>
        {shortcuts.map(({ key, name }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Enter</kbd>
          </dt>
          <dd>Open what has the focus</dd>
        </div>
      </dl>
      <button type="button" class="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
