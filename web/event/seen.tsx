import type { VNode } from 'preact';
import type { Json } from '../../src/domain/json.ts';

/** Values of a list that are shown. */
const mostShown = 5;

/** The value a condition looked at, unless its sentence says it already. */
export function Seen({ value, text }: { readonly value: Json; readonly text: string }): VNode | null {
  const values = (Array.isArray(value) ? value : [value]).filter(one => one !== null).map(inWords);
  const untold = values.filter(one => !text.includes(one));
  if (untold.length === 0) return null;
  return (
    <span class="seen soft">
      {' saw '}
      {untold.slice(0, mostShown).map((one, at) => (
        <>
          {at > 0 && ', '}
          <code>{one}</code>
        </>
      ))}
      {untold.length > mostShown && ` and ${untold.length - mostShown} more`}
    </span>
  );
}

const inWords = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
