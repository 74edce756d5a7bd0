/** A run's counterpart, at whoever does its work: an adapter's own run, a build of another CI service. */
export interface Counterpart {
  /** What it is called there. */
  readonly id: string;
  /** Where people look at it; null: nowhere. */
  readonly url: string | null;
}

export const isSameCounterpart = (a: Counterpart | null, b: Counterpart): boolean =>
  a !== null && a.id === b.id && a.url === b.url;
