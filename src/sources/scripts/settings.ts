/** What callers may start, and how. */
export interface ScriptsSettings {
  /** Absolute: whatever file lies directly in it may be called. */
  readonly folder: string;
  /** As it was written, for people. */
  readonly writtenFolder: string;
  /** Where it is on the public door; empty: it is the whole door. */
  readonly mount: string;
  /** What scripts may be given to; null: any program on `PATH`. */
  readonly interpreters: readonly string[] | null;
  /** Whether one may be named by its path. */
  readonly interpreterPaths: boolean;
  /** Any of them opens the door; none: it is open to everybody. */
  readonly tokens: readonly string[];
  /** How many requests are handled at a time; null: any number. */
  readonly rateLimit: number | null;
  /** The directory that scripts work in; null: an empty one for each. */
  readonly cwd: string | null;
}
