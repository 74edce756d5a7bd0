import { foreign } from './answer-errors.ts';
import type { Api } from './client.ts';
import { parseLogLine } from './follow-log.ts';
import type { CliIo } from './io.ts';
import { type LogStyle, logText } from './print-log.ts';

/** A line of a log, escaped as JSON, is far shorter. */
const longestLineCharacters = 4 * 1024 * 1024;

/** Prints a run's log as far as it goes now. In a pipe, without decoration, the bytes are those that were printed. */
export async function printStoredLog(io: CliIo, api: Api, runPath: string, style: LogStyle): Promise<void> {
  const asPrinted = !io.isTTY && !style.json && !style.timestamps;
  const accept = asPrinted ? 'text/plain' : 'application/x-ndjson';
  const pieces = api.stream(`${runPath}/log`, { accept });
  if (asPrinted) {
    for await (const bytes of pieces) {
      io.stdout.write(bytes);
      await io.stdout.drained();
    }
    return;
  }
  for await (const json of textLines(api, pieces)) {
    io.stdout.write(logText(io, style, parseLogLine(api, json), json));
    await io.stdout.drained();
  }
}

async function* textLines(api: Api, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > longestLineCharacters) throw foreign(api.server.admin, 'a line without end');
  }
  if (rest !== '') yield rest;
}
