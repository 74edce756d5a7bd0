export const logStreams = ['stdout', 'stderr', 'system'] as const;
export type LogStream = (typeof logStreams)[number];

/** A line of a log is cut here, between two characters; the rest follows as another line. */
export const longestLineBytes: number = 64 * 1024;

/**
 * Some whole lines of one stream of one attempt, as bytes: each ends with a line feed, but the last may lack
 * it (the program's last words, or a line that was cut). Secrets are already masked.
 */
export interface LogChunk {
  readonly attempt: number;
  /** 1, 2, 3 … within the attempt; a repeated number is the same chunk again. */
  readonly sequence: number;
  readonly at: number;
  readonly stream: LogStream;
  readonly bytes: Uint8Array;
}

/** A line as people read it. `seq` counts from 1 through all attempts of a run. */
export interface LogLine {
  readonly seq: number;
  readonly at: number;
  readonly stream: LogStream;
  /** Decoded, without its line ending; invalid UTF-8 shows as U+FFFD. */
  readonly text: string;
}
