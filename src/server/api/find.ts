import type { EventDetail, RunDetail, Store } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { type EventId, parseEventId, parseRunId, type RunId } from '../../domain/id.ts';

const newest = { limit: 1, after: null };

/** The id that a person wrote: an event's, or `last`. */
export async function findEventId(store: Pick<Store, 'events'>, text: string): Promise<EventId> {
  if (text === 'last') {
    const { items } = await store.events({ source: null, type: null, repo: null }, newest);
    const [last] = items;
    if (last === undefined) throw new SignalboxError('not_found', 'there is no event yet');
    return last.event.id;
  }
  const id = parseEventId(text);
  if (id === undefined) throw new SignalboxError('not_found', `"${text}" is not the id of an event`);
  return id;
}

/** The id that a person wrote: a run's, or `last`. */
export async function findRunId(store: Pick<Store, 'runs'>, text: string): Promise<RunId> {
  if (text === 'last') {
    const { items } = await store.runs({ state: null, rule: null, event: null }, newest);
    const [last] = items;
    if (last === undefined) throw new SignalboxError('not_found', 'there is no run yet');
    return last.id;
  }
  const id = parseRunId(text);
  if (id === undefined) throw new SignalboxError('not_found', `"${text}" is not the id of a run`);
  return id;
}

export async function findEvent(store: Pick<Store, 'events' | 'event'>, text: string): Promise<EventDetail> {
  const id = await findEventId(store, text);
  const found = await store.event(id);
  if (found === undefined) throw new SignalboxError('not_found', `there is no event ${id}`);
  return found;
}

export async function findRun(store: Pick<Store, 'runs' | 'run'>, text: string): Promise<RunDetail> {
  const id = await findRunId(store, text);
  const found = await store.run(id);
  if (found === undefined) throw new SignalboxError('not_found', `there is no run ${id}`);
  return found;
}
