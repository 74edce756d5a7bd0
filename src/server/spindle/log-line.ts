import type { StepNews } from '../../domain/step-log.ts';
import { stripEscapes } from '../../lib/strip-escapes.ts';

/** Kinds of steps as numbers: a word would be refused. */
const kinds = { system: 0, user: 1 } as const;

/** A line of a log as spindles write it, in JSON. */
export function logLine(news: StepNews): string {
  const time = new Date(news.at).toISOString();
  switch (news.kind) {
    case 'data': {
      const { step, stream, text } = news;
      return JSON.stringify({ kind: 'data', content: stripEscapes(text), time, step_id: step, stream });
    }
    case 'control': {
      const { status, step } = news;
      return JSON.stringify({
        kind: 'control',
        content: stripEscapes(step.name),
        time,
        step_id: step.id,
        step_status: status,
        ...(step.kind === 'system' ? {} : { step_kind: kinds[step.kind] }),
        ...(step.command === null || step.command === '' ? {} : { step_command: step.command }),
      });
    }
  }
}
