import { z } from 'zod';

/**
 * A backup is one tar archive, which any tar can look into:
 *
 *   signalbox.sqlite              the database as it was at one moment
 *   logs/xx/run_….idx, run_….log  the logs of its runs, as far as they went then or a little further
 *   backup.json                   what it is, and the SHA-256 of everything before
 */
export const databaseName = 'signalbox.sqlite';
export const manifestName = 'backup.json';
/** A log's file within an archive, as within a data directory. */
export const logName: RegExp = /^logs\/[0-9a-z]{2}\/(run_[0-9a-z]{26})\.(?:log|idx)$/;

/** How an archive ends. */
export const endBlocks = 2;
/** Read and written at once. */
export const pieceBytes: number = 1024 * 1024;

export interface Manifest {
  /** Of the archive; another one is not known yet. */
  readonly format: 1;
  /** Which signalbox made it. */
  readonly version: string;
  readonly madeAt: string;
  readonly events: number;
  readonly runs: number;
  /** Runs with a log. */
  readonly logs: number;
  readonly sha256: string;
}

export const manifestSchema: z.ZodType<Manifest> = z.object({
  format: z.literal(1),
  version: z.string(),
  madeAt: z.iso.datetime(),
  events: z.int(),
  runs: z.int(),
  logs: z.int(),
  sha256: z.string(),
});
