import { readStepLine } from '../../src/domain/step.ts';
import { beginsAttempt } from '../log/own-words.ts';
import type { LogMark } from '../wire.ts';

/** A step of a run, as its log tells of it. */
export interface RunStep {
  readonly id: number;
  readonly name: string;
  /** The line that it begins at. */
  readonly line: number;
  readonly startedAt: string;
  /** Null while it lasts. */
  readonly endedAt: string | null;
}

/** The steps of the last attempt, in the order in which they began. `finishedAt` ends what nothing else did. */
export function stepsOf(marks: readonly LogMark[], finishedAt: string | null): readonly RunStep[] {
  const steps = new Map<number, RunStep>();
  for (const mark of marks) {
    if (mark.kind !== 'system') continue;
    if (beginsAttempt(mark.text)) steps.clear();
    const told = readStepLine(mark.text);
    if (told === null) continue;
    const known = steps.get(told.id);
    if (told.status === 'start')
      steps.set(told.id, {
        id: told.id,
        name: told.name,
        line: mark.seq,
        startedAt: mark.at,
        endedAt: null,
      });
    else if (told.status === 'end' && known !== undefined) steps.set(told.id, { ...known, endedAt: mark.at });
  }
  return [...steps.values()].map(step => ({ ...step, endedAt: step.endedAt ?? finishedAt }));
}
