import type { ExecutionContext } from '../../contracts/executor.ts';
import type { LogStream } from '../../domain/log.ts';
import type { Ending } from '../../domain/run.ts';
import { plainProgram } from '../../lib/launcher/job.ts';
import { findProgram } from '../../lib/launcher/resolve.ts';
import { type ProcessNeeds, runProcess } from '../process.ts';
import { engineTrouble } from './engine-trouble.ts';

export interface DaggerNeeds extends ProcessNeeds {
  /** By what the command line finds its engine, beside what a job sees anyway; a job's own variables win. */
  readonly environment: Readonly<Record<string, string>>;
}

/** An engine is missing before anything else happens: who has printed more than this had one. */
const mostTroubleBytes = 64 * 1024;

/** A sentence when there is no Dagger on the job's PATH, or none that can be started; else null. */
export function missingCli({ directory, env }: ExecutionContext): string | null {
  const found = findProgram({ argv: ['dagger'], cwd: directory, env });
  return found.result === 'found'
    ? null
    : `Dagger's command line cannot be used (${found.reason}): install it (https://docs.dagger.io/install) where signalbox finds its programs`;
}

/** Runs `dagger` with these arguments. That it found no engine is an `error` which says so. */
export async function runDagger(
  needs: DaggerNeeds,
  args: readonly string[],
  context: ExecutionContext,
  background: 'ends' | 'shared' = 'ends',
): Promise<Ending> {
  const beginning: Uint8Array[] = [];
  let stderrBytes = 0;
  const beside = {
    ...context,
    env: { ...needs.environment, ...context.env },
    write: (stream: LogStream, bytes: Uint8Array) => {
      if (stream === 'stderr') {
        stderrBytes += bytes.length;
        // Copied: the memory is used again.
        if (stderrBytes <= mostTroubleBytes) beginning.push(new Uint8Array(bytes));
      }
      return context.write(stream, bytes);
    },
  } satisfies ExecutionContext;
  const ending = await runProcess(needs, plainProgram(['dagger', ...args]), beside, background);
  if (ending.outcome !== 'failure' || stderrBytes > mostTroubleBytes) return ending;
  const reason = engineTrouble(Buffer.concat(beginning).toString());
  return reason === null ? ending : { outcome: 'error', exitCode: ending.exitCode, reason };
}
