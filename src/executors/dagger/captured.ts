import type { ExecutionContext } from '../../contracts/executor.ts';
import type { Ending } from '../../domain/run.ts';

/** Keeps what a program prints on stdout from the log, for who has asked it; null when that is longer than `mostBytes`. */
export async function captured(
  mostBytes: number,
  context: ExecutionContext,
  run: (context: ExecutionContext) => Promise<Ending>,
): Promise<{ readonly ending: Ending; readonly stdout: string | null }> {
  const pieces: Uint8Array[] = [];
  let bytesSeen = 0;
  const ending = await run({
    ...context,
    write: (stream, bytes) => {
      if (stream !== 'stdout') return context.write(stream, bytes);
      bytesSeen += bytes.length;
      // Copied: the memory is used again.
      if (bytesSeen <= mostBytes) pieces.push(new Uint8Array(bytes));
      return Promise.resolve();
    },
  });
  return { ending, stdout: bytesSeen > mostBytes ? null : Buffer.concat(pieces).toString() };
}
