import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Json } from '../../src/domain/json.ts';
import { count } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { JsonTree } from '../parts/json-tree.tsx';
import type { Delivery } from '../wire.ts';
import { pretty } from './pretty.ts';

/** Characters that are shown: more make a page slow, and the API has them. */
const mostShown = 200_000;
/** Longer bodies are not set in lines: that would take longer than anyone waits. */
const mostSet = 2_000_000;

/** A delivery's body, prepared when somebody opens it: as a tree where it is JSON, and as it came. */
export function RawBody({ delivery }: { readonly delivery: Delivery }): VNode {
  const { body, bodyBytes, bodyEncoding } = delivery;
  const [open, setOpen] = useState(false);
  const [form, setForm] = useState<'tree' | 'text'>('tree');
  const isReadable = open && bodyEncoding === 'utf8' && body.length <= mostSet;
  const json = useMemo(() => (isReadable ? parsed(body) : undefined), [body, isReadable]);
  const text = useMemo(() => (isReadable ? pretty(body) : body), [body, isReadable]);
  return (
    <details class="panel" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Body, {count(bodyBytes, 'byte')}
        {bodyEncoding === 'base64' && ', not text: shown as base64'}
      </summary>
      {open && (
        <div class="raw-tools">
          {json !== undefined &&
            (['tree', 'text'] as const).map(one => (
              <button
                key={one}
                type="button"
                class="button button-small button-toggle"
                aria-pressed={form === one}
                onClick={() => setForm(one)}
              >
                {one === 'tree' ? 'Tree' : 'Text'}
              </button>
            ))}
          <CopyButton text={() => body} label="Copy body" small />
        </div>
      )}
      {json !== undefined && form === 'tree' && (
        <div class="raw-tree">
          <JsonTree value={json} root="body" />
        </div>
      )}
      {open && (json === undefined || form === 'text') && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it
        <pre class="raw-body" tabIndex={0}>
          {text.slice(0, mostShown)}
        </pre>
      )}
      {open && text.length > mostShown && form === 'text' && (
        <p class="raw-rest soft small">The rest is in the API.</p>
      )}
    </details>
  );
}

/** The value of JSON that is a list or an object; undefined for everything else. */
function parsed(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
