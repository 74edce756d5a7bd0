/** Time and chance. The engine and the domain get both from here and nowhere else. */
export interface Clock {
  /** Milliseconds since 1970; may jump when someone sets the machine's clock. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted first. Never keeps a process alive by itself. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** 26 lower-case characters, unique, and greater than all that this clock gave before. */
  unique(): string;
}
