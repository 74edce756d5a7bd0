import type { Reported } from '../../contracts/reporter.ts';
import type { ToolResult } from './run-tool.ts';

/** Calls one of Radicle's programs. */
export type Call = (...argv: readonly [string, ...string[]]) => Promise<ToolResult>;

/** What the outbox makes of a call that did not go well. */
export function failure(name: string, told: Exclude<ToolResult, { result: 'done' }>): Reported {
  if (told.result === 'missing')
    return { result: 'refused', error: `${name} is not on PATH: install it where signalbox finds it` };
  const error = `${name} failed: ${told.said}`;
  if (/passphrase|ssh-agent|signer|unlock/i.test(told.said))
    return { result: 'refused', error: `${error}; unlock the node's key with sources.radicle.passphrase` };
  // Command lines change between versions; trying again changes nothing about that.
  return /unrecognized|unexpected argument|invalid (?:option|subcommand)|unknown (?:option|command)|\busage:/i.test(
    told.said,
  )
    ? {
        result: 'refused',
        error: `${error}; this version of ${name} has other commands than signalbox knows`,
      }
    : { result: 'retry', error, afterMs: null };
}
