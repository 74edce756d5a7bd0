import { createLineCutter } from '../../domain/lines.ts';
import type { HttpAnswer } from '../../lib/go-http/message.ts';

/** How a run ended, for whoever has watched it. */
export interface StreamEnd {
  readonly outcome: string;
  readonly exitCode: number | null;
}

/** What a command prints, as it comes. Returns null when nobody knows how it ended, or the reading was broken off. */
export type OutputStream = AsyncGenerator<Uint8Array, StreamEnd | null>;

/** An answer that goes on as long as the command does: its bytes in chunks, or, where that is asked for, as events. */
export function streamed(
  answer: HttpAnswer,
  requestHeaders: readonly (readonly [name: string, value: string])[],
  output: OutputStream,
): HttpAnswer {
  const wantsEvents = requestHeaders.some(
    ([name, value]) => name.toLowerCase() === 'accept' && /\btext\/event-stream\b/i.test(value),
  );
  const type = wantsEvents ? 'text/event-stream' : 'text/plain; charset=utf-8';
  const isNamed = !wantsEvents && answer.headers.some(([name]) => name === 'Content-Type');
  return {
    ...answer,
    headers: [
      ...answer.headers.filter(([name]) => !(wantsEvents && name === 'Content-Type')),
      ['Cache-Control', 'no-store'],
      // Without it nginx collects the answer until it is whole.
      ['X-Accel-Buffering', 'no'],
    ],
    aboutBody: isNamed ? [] : [['Content-Type', type]],
    body: wantsEvents ? events(output) : output,
  };
}

/** Each line is an event; the last one, `end`, tells how it ended. */
async function* events(output: OutputStream): AsyncGenerator<Uint8Array> {
  const cutter = createLineCutter();
  const decoder = new TextDecoder();
  try {
    for (let next = await output.next(); ; next = await output.next()) {
      const lines = next.done === true ? cutter.end() : cutter.push(next.value);
      const text =
        lines === undefined ? '' : lineEvents(decoder.decode(lines, { stream: next.done !== true }));
      if (next.done === true) {
        yield encoded(text + endEvent(next.value));
        return;
      }
      if (text !== '') yield encoded(text);
    }
  } finally {
    // Also when the reader has left: whoever follows the run stops.
    await output.return(null);
  }
}

const encoded = (text: string): Uint8Array => Buffer.from(text);
/** A carriage return would end the line of the event. */
const lineEvents = (lines: string): string =>
  lines
    .replace(/\n$/, '')
    .split('\n')
    .map(line => `data: ${line.replaceAll('\r', '')}\n\n`)
    .join('');
const endEvent = (end: StreamEnd | null): string =>
  end === null ? '' : `event: end\ndata: ${JSON.stringify(end)}\n\n`;
