import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { count } from '../format.ts';
import type { Delivery } from '../wire.ts';
import { pretty } from './pretty.ts';

/** Characters that are shown: more make a page slow, and the API has them. */
const mostShown = 200_000;
/** Longer bodies are not set in lines: that would take longer than anyone waits. */
const mostSet = 2_000_000;

/** A delivery's body, prepared when somebody opens it. */
export function RawBody({ delivery }: { readonly delivery: Delivery }): VNode {
  const { body, bodyBytes, bodyEncoding } = delivery;
  const [open, setOpen] = useState(false);
  const isSet = open && bodyEncoding === 'utf8' && body.length <= mostSet;
  const text = useMemo(() => (isSet ? pretty(body) : body), [body, isSet]);
  return (
    <details class="panel" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Body, {count(bodyBytes, 'byte')}
        {bodyEncoding === 'base64' && ', not text: shown as base64'}
      </summary>
      {open && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it
        <pre class="raw-body" tabIndex={0}>
          {text.slice(0, mostShown)}
        </pre>
      )}
      {open && text.length > mostShown && <p class="raw-rest soft small">The rest is in the API.</p>}
    </details>
  );
}
