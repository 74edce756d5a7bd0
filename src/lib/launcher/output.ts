import type { Readable } from 'node:stream';
import type { TakeOutput } from './job.ts';

/** Output on its way from a job to who takes it. Disposing lets go of what was not taken yet. */
export interface Output extends Disposable {
  readonly drained: Promise<void>;
  isDrained(): boolean;
  silentMs(): number;
}

/** Hands on what both streams bring. Each stream buffers 64 KiB at most while its last piece is being taken. */
export function handOn(stdout: Readable, stderr: Readable, take: TakeOutput): Output {
  let taking = 0;
  let silentSince = performance.now();
  let done = false;
  const { promise: disposed, resolve: dispose } = Promise.withResolvers<void>();

  async function copy(name: 'stdout' | 'stderr', stream: Readable): Promise<void> {
    for await (const piece of stream) {
      taking += 1;
      await take(name, piece);
      taking -= 1;
      silentSince = performance.now();
    }
  }
  async function copyBoth(): Promise<void> {
    await Promise.all([copy('stdout', stdout), copy('stderr', stderr)]);
    done = true;
  }
  const drained = Promise.race([copyBoth(), disposed]);
  // A failure is for who waits for `drained`; that nobody does (yet) must not end this process.
  drained.catch(() => undefined);

  return {
    drained,
    isDrained: () => done,
    silentMs: () => (taking > 0 ? 0 : performance.now() - silentSince),
    [Symbol.dispose]() {
      dispose();
      stdout.destroy();
      stderr.destroy();
    },
  };
}
