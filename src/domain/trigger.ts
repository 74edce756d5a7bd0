import type { Event } from './event.ts';
import type { Json } from './json.ts';
import type { Action } from './rule.ts';

/** What started a run, in the words of whoever sent it. Only actions that answer to those words by themselves get it. */
export interface Trigger {
  readonly event: Event;
  /** `github`, `gitlab`, …: the source. */
  readonly vendor: string;
  /** `push`, `pull_request`, `merge_request`; the event's own type where nobody sent it. */
  readonly type: string;
  /** What happened to a patch (`opened`, `synchronize`, …); else the branch, or the full name of another ref; or nothing. */
  readonly filter: string;
  /** What was sent; null where nothing was, or where it is forgotten. */
  readonly payload: Json;
}

/** Whether an action wants to know what its forge has sent. */
export const asksForTrigger = (action: Action): boolean =>
  action.kind === 'dagger' && action.dagger.mode === 'pocketci';

/** An event as its sender told it. `body` is what a source has accepted: JSON, or a form with JSON in its field `payload`. */
export function triggerOf(event: Event, body: Uint8Array | null): Trigger {
  const payload = body === null ? null : read(new TextDecoder().decode(body));
  const proposal = field(payload, 'object_attributes');
  return {
    event,
    vendor: event.source,
    type: word(field(payload, 'object_kind')) ?? usualType(event),
    filter:
      event.patch === null
        ? (event.branch ?? event.ref ?? '')
        : (word(field(payload, 'action')) ?? word(field(proposal, 'action')) ?? event.action ?? ''),
    payload,
  };
}

function usualType({ type }: Event): string {
  if (type === 'patch') return 'pull_request';
  return type === 'tag' ? 'push' : type;
}

function read(body: string): Json {
  const text = body.startsWith('{') ? body : (new URLSearchParams(body).get('payload') ?? body);
  try {
    return JSON.parse(text);
  } catch {
    // Bytes that mean something to their source alone are nobody's payload.
    return null;
  }
}

const field = (value: Json, name: string): Json =>
  typeof value === 'object' && value !== null && name in value
    ? (Object.getOwnPropertyDescriptor(value, name)?.value ?? null)
    : null;

const word = (value: Json): string | null => (typeof value === 'string' && value !== '' ? value : null);
