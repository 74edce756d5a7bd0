import type { Served } from './contracts/transport.ts';
import type { Launcher } from './lib/launcher/launcher.ts';

/** Hears what jobs do while they do it, for whoever shows it elsewhere, such as in a container's log. */
export interface Onlooker {
  /** A job's program has started. */
  started(argv: readonly string[], pid: number): void;
  /** What jobs print: masked, in whole lines. What an agent has to say twice is heard twice. */
  printed(stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
}

/** A launcher whose starts are heard. */
export function heardLauncher(onlooker: Onlooker | undefined, launcher: Launcher): Launcher {
  if (onlooker === undefined) return launcher;
  return {
    ...launcher,
    start: async (command, take) => {
      const started = await launcher.start(command, take);
      if (started.result === 'started') onlooker.started(command.argv, started.job.pid);
      return started;
    },
  };
}

/** A recorder whose log lines are heard, once they are stored. */
export function heardRecorder(onlooker: Onlooker | undefined, recorder: Served): Served {
  if (onlooker === undefined) return recorder;
  return {
    ...recorder,
    news: async (agent, word) => {
      await recorder.news(agent, word);
      if (word.kind === 'log' && word.chunk.stream !== 'system')
        onlooker.printed(word.chunk.stream, word.chunk.bytes);
    },
  };
}
