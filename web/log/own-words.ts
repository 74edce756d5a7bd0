import { readStepLine } from '../../src/domain/step.ts';

/** Whether signalbox says that an attempt begins: nothing of the one before goes on. */
export const beginsAttempt = (text: string): boolean => /^attempt \d+ on /.test(text);

/** What signalbox says in a log, for people: of a step's end, where it stands between the lines of others. */
export function ownWords(text: string): string {
  const step = readStepLine(text);
  return step?.status === 'end' ? `${step.name.replaceAll(/\s+/g, ' ')} has ended` : text;
}
