import { encode } from '@atcute/cbor';
import type { StepNews } from '../../../domain/step-log.ts';

/** A line of a workflow's log as subscribers get it: two maps back to back, what it is and what it says. */
export function logMessage(workflow: string, news: StepNews): Uint8Array {
  const time = new Date(news.at).toISOString().replace(/\.\d+Z$/, 'Z');
  switch (news.kind) {
    case 'data': {
      const { step, stream, text } = news;
      return message('#data', { time, workflow, step, stream, content: `${text.toWellFormed()}\n` });
    }
    case 'control': {
      const { status, step } = news;
      const { id, kind, name, command } = step;
      const known = command === null || command === '' ? {} : { command: command.toWellFormed() };
      const content = name.toWellFormed();
      return message('#control', { time, workflow, step: id, kind, status, content, ...known });
    }
  }
}

/** What ends a subscription. */
export function errorMessage(error: string, message: string): Uint8Array {
  return Buffer.concat([encode({ op: -1 }), encode({ error, message })]);
}

const message = (t: string, body: object): Uint8Array => Buffer.concat([encode({ op: 1, t }), encode(body)]);
