import type { TakeOutput } from './job.ts';

/** What a job prints on one of its streams. */
export interface Printed extends AsyncIterable<Uint8Array> {
  destroy(): void;
}

/** Output on its way from a job to who takes it. Disposing lets go of what was not taken yet. */
export interface Output extends Disposable {
  readonly drained: Promise<void>;
  isDrained(): boolean;
  silentMs(): number;
}

/** Hands on what both streams bring, each the next piece when its last one was taken. */
export function handOn(stdout: Printed, stderr: Printed, take: TakeOutput): Output {
  let taking = 0;
  let silentSince = performance.now();
  let done = false;
  const { promise: disposed, resolve: dispose } = Promise.withResolvers<void>();

  async function copy(name: 'stdout' | 'stderr', stream: Printed): Promise<void> {
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
