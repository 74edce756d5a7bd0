import type { ExecutionContext } from '../contracts/executor.ts';
import type { Isolation } from '../lib/isolation/isolation.ts';
import type { Command, Program } from '../lib/launcher/job.ts';

export type Prepared =
  /** The note tells the reader of the log what the command can do to this machine. */
  | { readonly result: 'ready'; readonly command: Command; readonly note: string }
  | { readonly result: 'refused'; readonly reason: string };

/** The command as it is to be started; enclosed, where the attempt must be isolated. */
export async function prepareCommand(
  isolation: Isolation,
  program: Program,
  { directory, home, env, isolation: level }: ExecutionContext,
  marks: Readonly<Record<string, string>>,
): Promise<Prepared> {
  const command = { ...program, cwd: directory, env, enclosure: undefined };
  switch (level) {
    case 'none':
      return { result: 'ready', command, note: 'not isolated: it may do what signalbox itself may' };
    case 'namespace': {
      const enclosed = await isolation.enclose(command, home, marks);
      switch (enclosed.result) {
        case 'enclosed':
          return {
            result: 'ready',
            command: enclosed.command,
            note: "isolated: own processes, /tmp and HOME, no view of signalbox's data",
          };
        case 'refused':
          return enclosed;
        case 'unusable':
          return {
            result: 'refused',
            reason: `it has to be isolated, and this machine cannot do that (${enclosed.reason}): ${enclosed.mend}, or write "isolation: none" into the rule if its code is trusted`,
          };
      }
    }
  }
}
