import { tmpdir } from 'node:os';
import type { CliIo } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/program.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The world of a command line that a test runs in its own process: a pipe, an empty environment, a fixed time. */
export function testIo(
  changes: Partial<CliIo> = {},
): CliIo & { readonly out: () => string; readonly err: () => string } {
  let out = '';
  let err = '';
  const text = (piece: string | Uint8Array) =>
    typeof piece === 'string' ? piece : Buffer.from(piece).toString();
  const drained = async () => {};
  return {
    stdout: { write: piece => void (out += text(piece)), drained },
    stderr: { write: piece => void (err += text(piece)), drained },
    isTTY: false,
    colour: false,
    columns: Number.POSITIVE_INFINITY,
    env: {},
    cwd: tmpdir(),
    now: () => Date.UTC(2026, 10, 20, 12, 31),
    signal: new AbortController().signal,
    life: { drain: new AbortController().signal, abandon: new AbortController().signal },
    exitWith: () => {},
    ...changes,
    out: () => out,
    err: () => err,
  };
}

/** A terminal of a width. */
export const terminal = (columns = 80): Partial<CliIo> => ({ isTTY: true, columns });

/** Runs a command line to its end in this process. */
export async function runInProcess(argv: readonly string[], changes: Partial<CliIo> = {}): Promise<Ran> {
  const io = testIo(changes);
  const code = await runCli(argv, io);
  return { code, stdout: io.out(), stderr: io.err() };
}
