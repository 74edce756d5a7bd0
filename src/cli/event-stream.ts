import { SignalboxError } from '../domain/errors.ts';

/** One message of a server-sent event stream. */
export interface StreamMessage {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** A line of a log, escaped as JSON, is far shorter. */
const longestMessageCharacters = 4 * 1024 * 1024;

/** Reads `text/event-stream`. Comments are skipped; a message that the end of the stream cuts off is dropped. */
export async function* readEventStream(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder();
  let rest = '';
  let id: string | null = null;
  let event = '';
  let data: string | null = null;
  for await (const piece of bytes) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line.replace(/\r$/, '')) ?? [];
      if (field === 'id') id = value;
      else if (field === 'event') event = value;
      else if (field === 'data') data = data === null ? value : `${data}\n${value}`;
      else if (line === '' || line === '\r') {
        if (data !== null) yield { id, event: event === '' ? 'message' : event, data };
        event = '';
        data = null;
      }
    }
    if (rest.length + (data?.length ?? 0) > longestMessageCharacters)
      throw new SignalboxError('corrupt', 'the server streams a message without end: is it a signalbox?');
  }
}
