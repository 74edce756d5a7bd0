import type { ErrorCode } from '../domain/errors.ts';
import type { Outcome } from '../domain/run.ts';

/** What the process ends with; scripts may rely on these numbers. */
export const exitCodes = {
  ok: 0,
  /** The run that was waited for did not succeed, or a check found something broken. */
  failed: 1,
  usage: 2,
  notFound: 3,
  auth: 4,
  unavailable: 5,
  /** The run that was waited for timed out; the number that coreutils' `timeout` uses. */
  timeout: 124,
  /** 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function exitCodeOfError(code: ErrorCode): ExitCode {
  switch (code) {
    case 'invalid':
    case 'conflict':
    case 'too_large':
      return exitCodes.usage;
    case 'not_found':
      return exitCodes.notFound;
    case 'unauthenticated':
    case 'forbidden':
      return exitCodes.auth;
    case 'overloaded':
    case 'unavailable':
    case 'corrupt':
    case 'internal':
      return exitCodes.unavailable;
  }
}

/** A run that was skipped or superseded did what its rule asks for: nothing failed. */
export function exitCodeOfOutcome(outcome: Outcome): ExitCode {
  switch (outcome) {
    case 'success':
    case 'skipped':
    case 'superseded':
      return exitCodes.ok;
    case 'failure':
    case 'error':
    case 'cancelled':
    case 'lost':
      return exitCodes.failed;
    case 'timeout':
      return exitCodes.timeout;
  }
}
