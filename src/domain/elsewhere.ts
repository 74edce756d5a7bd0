/** What somebody else calls the work of a run that they do: an adapter its own run, another CI service its build. */
export interface Elsewhere {
  readonly id: string;
  /** Where people look at it; null: nowhere. */
  readonly url: string | null;
}
