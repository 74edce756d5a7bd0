import type { Adapter } from '../../domain/adapter.ts';
import type { Ending } from '../../domain/run.ts';
import type { Conversation } from './conversation.ts';

/** Why a run of an adapter ended as it did, in the words that rules, pages and other programs know. */
export type AdapterReason = 'spawn' | 'protocol' | 'no_response' | 'no_result' | 'adapter_exit';

/** What each of them means, for the log. */
export const reasonTexts: Readonly<Record<AdapterReason, string>> = {
  spawn: 'the adapter could not be started',
  protocol: 'the adapter broke the protocol',
  no_response: 'the adapter has ended without a word',
  no_result: 'the adapter has ended without saying "finished"',
  adapter_exit: 'the adapter itself has failed, whatever became of its run',
};

/** How the run ended, by what the adapter said and then by how its process ended: what it said counts for more. */
export function endingOf(
  { run, result, violation }: Conversation,
  exit: Ending,
  { strictExit }: Pick<Adapter, 'strictExit'>,
): Ending {
  const { exitCode } = exit;
  const error = (reason: string): Ending => ({ outcome: 'error', exitCode, reason });
  if (violation !== null) return error('protocol');
  switch (exit.outcome) {
    case 'cancelled':
    case 'timeout':
    case 'error':
      // Cancelled, out of time, or never run: what it said before does not count.
      return exit;
    case 'success':
    case 'failure': {
      const failed = exit.outcome === 'failure';
      if (result === null) return error(failed ? 'adapter_exit' : run === null ? 'no_response' : 'no_result');
      switch (result.result) {
        case 'success':
          return failed && strictExit
            ? error('adapter_exit')
            : { outcome: 'success', exitCode, reason: failed ? 'adapter_exit' : null };
        case 'failure':
          return { outcome: 'failure', exitCode, reason: null };
        case 'error':
          return error(result.text);
      }
    }
  }
}
