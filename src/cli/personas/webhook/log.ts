import { closeSync, openSync, writeSync } from 'node:fs';
import { visible } from '../../text.ts';

/** The log that people know from the original; silent unless they asked for it. */
export interface WebhookLog extends Disposable {
  readonly line: (text: string) => void;
  /** A line that is written also where the log is silent: why the program does not start. */
  readonly fatal: (text: string) => void;
}

export interface LogOptions {
  readonly verbose: boolean;
  /** Absolute; null: `write` takes the lines. */
  readonly file: string | null;
  readonly write: (text: string) => void;
  readonly now: () => number;
}

/** Opens the log. Throws a sentence for people when its file cannot be opened. */
export function openLog({ verbose, file, write, now }: LogOptions): WebhookLog {
  const fd = file === null ? null : openedFile(file);
  const put = (text: string) => {
    const line = `[webhook] ${timeText(now())} ${asLine(text)}\n`;
    if (fd === null) write(line);
    else writeSync(fd, line);
  };
  return {
    line: text => {
      if (verbose) put(text);
    },
    fatal: put,
    [Symbol.dispose]: () => {
      if (fd !== null) closeSync(fd);
    },
  };
}

function openedFile(file: string): number {
  try {
    return openSync(file, 'a', 0o666);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`error opening log file ${JSON.stringify(file)}: ${why}`, { cause });
  }
}

/** What a request brings along must not look like lines of our own, nor drive a terminal. */
const asLine = (text: string): string =>
  text.startsWith('\t') ? `\t${visible(text.slice(1))}` : visible(text);

/** As Go's `log` writes the local time. */
function timeText(ms: number): string {
  const at = new Date(ms);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('/');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}
