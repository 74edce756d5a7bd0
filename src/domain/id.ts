/**
 * Ids are text, sort by creation, and say what they name: `dlv_…`, `evt_…`, `run_…`.
 * They are branded so that one kind cannot stand in for another, and made only here.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type DeliveryId = Branded<'DeliveryId'>;
export type EventId = Branded<'EventId'>;
export type RunId = Branded<'RunId'>;

/** Each takes the unique, sortable part that `Clock.unique()` gives. */
export const deliveryId = (unique: string): DeliveryId => `dlv_${unique}` as DeliveryId;
export const eventId = (unique: string): EventId => `evt_${unique}` as EventId;
export const runId = (unique: string): RunId => `run_${unique}` as RunId;

/** Reads an id that came from outside or from a table; undefined when it is not one. */
export const parseEventId = (text: string): EventId | undefined =>
  /^evt_[0-9a-z]{26}$/.test(text) ? (text as EventId) : undefined;
export const parseRunId = (text: string): RunId | undefined =>
  /^run_[0-9a-z]{26}$/.test(text) ? (text as RunId) : undefined;
