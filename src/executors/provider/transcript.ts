import type { ExecutionContext } from '../../contracts/executor.ts';
import type { Step } from '../../domain/step.ts';

/** Lines go on in pieces of about this size: the log is shared with who reads it. */
const pieceCharacters = 64 * 1024;

/** Who writes the steps of a run into its log: they may take turns. */
export interface Transcript {
  /** A line of the house, about no step. */
  say(line: string): Promise<void>;
  begin(step: TranscriptStep): Promise<void>;
  /** A line of the house about a step. */
  note(step: TranscriptStep, line: string): Promise<void>;
  print(step: TranscriptStep, lines: readonly string[]): Promise<void>;
  end(step: TranscriptStep): Promise<void>;
}

export type TranscriptStep = Pick<Step, 'id' | 'name' | 'command'>;

export function createTranscript(context: Pick<ExecutionContext, 'write' | 'step'>): Transcript {
  let current: number | null = null;

  const say = (line: string): Promise<void> => context.write('system', Buffer.from(`${line}\n`));

  async function tell({ id, name, command }: TranscriptStep, status: Step['status']): Promise<void> {
    await context.step({ id, kind: 'user', status, name, command });
    current = id;
  }

  /** Has what follows belong to that step. */
  async function turnTo(step: TranscriptStep): Promise<void> {
    if (current !== step.id) await tell(step, 'more');
  }

  return {
    say,
    begin: step => tell(step, 'start'),
    note: async (step, line) => {
      await turnTo(step);
      await say(line);
    },
    print: async (step, lines) => {
      if (lines.length === 0) return;
      await turnTo(step);
      let piece = '';
      for (const line of lines) {
        piece += `${line}\n`;
        if (piece.length < pieceCharacters) continue;
        await context.write('stdout', Buffer.from(piece));
        piece = '';
      }
      if (piece !== '') await context.write('stdout', Buffer.from(piece));
    },
    end: step => tell(step, 'end'),
  };
}
