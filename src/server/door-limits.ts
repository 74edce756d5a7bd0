import { type SocketLimits, socketLimits } from './socket/talker.ts';

/** What one connection may cost. Tests make these small; nobody else has a reason to change them. */
export interface DoorLimits {
  /** A client that has not sent its headers by then is slow on purpose. */
  readonly headersMs: number;
  /** Headers and body; 25 MB in this time is a slow home line. */
  readonly requestMs: number;
  /** How often the two above are looked at. */
  readonly checkEveryMs: number;
  /** Forges send a few kilobytes of headers. */
  readonly headerBytes: number;
  /** Beyond this new sockets are closed at once, so that file handles are left for runs. */
  readonly connections: number;
  /** A socket ends after this many requests, so that a proxy spreads its load again. */
  readonly requestsPerSocket: number;
  /** A reader of a stream that takes nothing for this long is cut off; streams beat more often than that. */
  readonly stalledMs: number;
  /** How often it is looked at whether the reader of a stream still may: a token that is ended is heard of by then. */
  readonly callerLookMs: number;
  /** Requests under way may take this long after the doors were told to close. */
  readonly closeMs: number;
  readonly sockets: SocketLimits;
}

export const doorLimits: DoorLimits = {
  headersMs: 5_000,
  requestMs: 30_000,
  checkEveryMs: 1_000,
  headerBytes: 16 * 1024,
  connections: 2_000,
  requestsPerSocket: 10_000,
  stalledMs: 45_000,
  callerLookMs: 10_000,
  closeMs: 5_000,
  sockets: socketLimits,
};
