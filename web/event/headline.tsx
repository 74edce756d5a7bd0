import type { VNode } from 'preact';
import { shortRef } from '../format.ts';
import { Sha } from '../parts/sha.tsx';
import type { EventFacts } from '../wire.ts';
import './headline.css';

/** An event in one line: what it is, where, and which commit. */
export function Headline({ event }: { readonly event: EventFacts }): VNode {
  const { repo, after, patch, call, target } = event;
  const place = placeOf(event);
  return (
    <span class="headline">
      <span class="headline-type">{typeOf(event)}</span>
      {call !== undefined && <code class="headline-place">{call.name}</code>}
      {patch !== undefined && <bdi>#{patch.number}</bdi>}
      {repo !== null && <bdi class="headline-repo">{repo.name}</bdi>}
      {place !== null && <code class="headline-place">{place}</code>}
      {target !== undefined && <bdi>{target}</bdi>}
      {after !== null && <Sha of={after} />}
    </span>
  );
}

/** The same line as plain text, for a browser's tab. */
export function headlineText(event: EventFacts): string {
  return [typeOf(event), event.call?.name, event.repo?.name, placeOf(event)]
    .filter(part => part !== undefined && part !== null)
    .join(' ');
}

/** An event that asks for nothing is known by the forge's own word for it. */
function typeOf({ type, action }: EventFacts): string {
  return type === 'other' ? (action ?? type) : type;
}

/** The branch, or what else the ref names. */
function placeOf({ branch, ref }: EventFacts): string | null {
  return branch ?? (ref === null ? null : shortRef(ref));
}
