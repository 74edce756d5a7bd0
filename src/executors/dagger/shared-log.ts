import type { ExecutionContext } from '../../contracts/executor.ts';
import { createLineCutter } from '../../domain/lines.ts';
import type { LogStream } from '../../domain/log.ts';

type Log = Pick<ExecutionContext, 'write'>;

/** Lines of the house are told once, however many programs of the attempt they hold for. */
export function eachLineOnce(log: Log): Log['write'] {
  const said = new Set<string>();
  return async (stream, bytes) => {
    if (stream === 'system') {
      const text = Buffer.from(bytes).toString();
      if (said.has(text)) return;
      said.add(text);
    }
    await log.write(stream, bytes);
  };
}

/** A log that several programs write to at a time: in whole lines, each with the name of who has printed it. */
export interface SharedLog extends Log {
  /** Writes a last line that has no end. */
  end(): Promise<void>;
}

export function sharedLog(log: Log, name: string): SharedLog {
  const cutters = new Map<LogStream, ReturnType<typeof createLineCutter>>();
  const named = (lines: Uint8Array): Uint8Array =>
    Buffer.from(
      Buffer.from(lines)
        .toString('latin1')
        .replaceAll(/(^|\n)(?=[^])/g, `$1${name} | `),
      'latin1',
    );
  return {
    write: async (stream, bytes) => {
      if (stream === 'system') return log.write(stream, bytes);
      const cutter = cutters.get(stream) ?? createLineCutter();
      cutters.set(stream, cutter);
      const lines = cutter.push(bytes);
      if (lines !== undefined) await log.write(stream, named(lines));
    },
    end: async () => {
      for (const [stream, cutter] of cutters) {
        const rest = cutter.end();
        if (rest !== undefined) await log.write(stream, Buffer.concat([named(rest), Buffer.from('\n')]));
      }
    },
  };
}
