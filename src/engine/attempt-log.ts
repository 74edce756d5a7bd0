import type { Clock } from '../contracts/clock.ts';
import type { AgentNews } from '../contracts/transport.ts';
import type { RunId } from '../domain/id.ts';
import { createLineCutter } from '../domain/lines.ts';
import type { LogStream } from '../domain/log.ts';
import { type Step, stepLine } from '../domain/step.ts';

/** Masks the secrets of one stream; may hold back the beginning of what could become one. */
export interface Masker {
  mask(bytes: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/** Makes maskers for a set of secrets. */
export type MaskSecrets = (secrets: readonly string[]) => Masker;

/** Who tells the control plane what happens. */
export interface Speaker {
  /** Resolves when it cannot get lost any more. */
  news(word: AgentNews): Promise<void>;
}

/** Where an attempt's output goes: masked, cut into lines, capped, and sent on in order. */
export interface AttemptLog {
  /** Takes bytes as a program prints them. Resolves when there is room for more. */
  readonly write: (stream: LogStream, bytes: Uint8Array) => Promise<void>;
  /** A line of the house itself. */
  readonly say: (line: string) => void;
  /** A line that tells of a step; see `ExecutionContext`. Resolves as `write` does. */
  readonly step: (step: Step) => Promise<void>;
  /** The text without the attempt's secrets, for what is told elsewhere. */
  masked(text: string): string;
  /** Sends what is held back; nothing may be written afterwards. Resolves when everything is stored. */
  end(): Promise<void>;
}

/** The index of a log may become as long as the log: who prints byte by byte would fill a disk as well. */
const indexBytesPerChunk = 32;
const usualIndexBytes = 1024 * 1024;

/** The log of one attempt. Beyond `limitBytes` one line says so, and the rest is read and dropped: no program is blocked by its log. */
export function createAttemptLog(
  needs: { readonly agent: Speaker; readonly clock: Clock; readonly maskSecrets: MaskSecrets },
  attempt: {
    readonly run: RunId;
    readonly attempt: number;
    readonly secrets: readonly string[];
    readonly limitBytes: number;
  },
): AttemptLog {
  const encoder = new TextEncoder();
  const streams = new Map<LogStream, { masker: Masker; cutter: ReturnType<typeof createLineCutter> }>();
  let sequence = 0;
  let bytesSent = 0;
  let full = false;
  let sending: Promise<void> = Promise.resolve();

  const of = (stream: LogStream) => {
    const found = streams.get(stream) ?? {
      masker: needs.maskSecrets(attempt.secrets),
      cutter: createLineCutter(),
    };
    streams.set(stream, found);
    return found;
  };

  function send(stream: LogStream, bytes: Uint8Array | undefined): Promise<void> {
    if (bytes === undefined || bytes.length === 0) return sending;
    bytesSent += bytes.length;
    const index = (sequence + 1) * indexBytesPerChunk;
    const isTooLong = bytesSent > attempt.limitBytes || index > Math.max(attempt.limitBytes, usualIndexBytes);
    if (stream !== 'system' && isTooLong) {
      if (full) return sending;
      full = true;
      return send(
        'system',
        encoder.encode(
          `the log limit of ${attempt.limitBytes} bytes is reached: further output is not kept\n`,
        ),
      );
    }
    sequence += 1;
    const chunk = { attempt: attempt.attempt, sequence, at: needs.clock.now(), stream, bytes };
    // One after the other: the order of lines is the order of sending. A failure stays with the chain and ends the attempt.
    sending = sending.then(() => needs.agent.news({ kind: 'log', run: attempt.run, chunk }));
    sending.catch(() => undefined);
    return sending;
  }

  const say = (line: string): void => {
    const { masker, cutter } = of('system');
    const bytes = encoder.encode(`${line.replaceAll(/[\r\n]+/g, ' ')}\n`);
    void send('system', cutter.push(masker.mask(bytes)));
    void send('system', cutter.push(masker.end()));
  };

  /** Sends what waits for more of the same stream. */
  const flush = (): void => {
    for (const [stream, { masker, cutter }] of streams) {
      void send(stream, cutter.push(masker.end()));
      void send(stream, cutter.end());
    }
  };

  return {
    say,
    step: step => {
      flush();
      say(stepLine(step));
      return sending;
    },
    write: (stream, bytes) => {
      const { masker, cutter } = of(stream);
      return send(stream, cutter.push(masker.mask(bytes)));
    },
    masked: text => {
      const masker = needs.maskSecrets(attempt.secrets);
      const decoder = new TextDecoder();
      return (
        decoder.decode(masker.mask(encoder.encode(text)), { stream: true }) + decoder.decode(masker.end())
      );
    },
    end: async () => {
      flush();
      await sending;
    },
  };
}
