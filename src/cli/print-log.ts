import type { Api } from './client.ts';
import { type End, followLog, type LogLine } from './follow-log.ts';
import { type CliIo, safeJson } from './io.ts';
import { paint } from './style.ts';
import { terminalLine } from './text.ts';

export interface LogStyle {
  readonly timestamps: boolean | undefined;
  /** Each line as the API's JSON. */
  readonly json: boolean | undefined;
}

export const plainLog: LogStyle = { timestamps: false, json: false };

/** A line of a log for whoever reads stdout: made harmless on a terminal, as it is in a pipe. */
export function logText(
  io: Pick<CliIo, 'isTTY' | 'colour'>,
  style: LogStyle,
  line: LogLine,
  json: string,
): string {
  if (style.json) return `${safeJson(json)}\n`;
  const text = io.isTTY ? terminalLine(line.text, io.colour) : line.text;
  const said = line.stream === 'system' ? paint(io, 'gray', text) : text;
  return `${style.timestamps ? `${paint(io, 'gray', line.at)} ` : ''}${said}\n`;
}

/** Prints a run's log as it grows until the run ends; returns how. All streams go to stdout: they are the data. */
export function printLog(io: CliIo, api: Api, runPath: string, style: LogStyle): Promise<End> {
  return followLog(io, api, runPath, async (line, json) => {
    io.stdout.write(logText(io, style, line, json));
    await io.stdout.drained();
  });
}
