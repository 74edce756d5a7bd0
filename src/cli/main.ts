import { type CliIo, type Writer, wantsColour } from './io.ts';
import { runCli } from './program.ts';
import { lifeSignals } from './signals.ts';
import { restoreUserPath } from './user-path.ts';

restoreUserPath(process.env);

using life = lifeSignals();
/** Aborted when the reader of stdout has gone (`signalbox runs ls | head -1`). */
const unread = new AbortController();
const argv = process.argv.slice(2);
const isTTY = process.stdout.isTTY;

const io: Omit<CliIo, 'exitWith'> = {
  stdout: writer(process.stdout, () => unread.abort()),
  stderr: writer(process.stderr, () => {}),
  isTTY,
  colour: wantsColour(argv, process.env, isTTY),
  // Some terminals do not know their width, and say 0.
  columns: isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY,
  env: process.env,
  cwd: process.cwd(),
  now: Date.now,
  signal: AbortSignal.any([life.drain, unread.signal]),
  life,
};

process.exitCode = await runCli(argv, io);

function writer(stream: NodeJS.WriteStream, gone: () => void): Writer {
  stream.on('error', gone);
  return {
    write(text) {
      if (stream.writable) stream.write(text);
    },
    async drained() {
      if (!stream.writable || !stream.writableNeedDrain) return;
      await new Promise<void>(resolve => {
        const done = () => {
          stream.off('drain', done).off('close', done).off('error', done);
          resolve();
        };
        stream.on('drain', done).on('close', done).on('error', done);
      });
    },
  };
}
