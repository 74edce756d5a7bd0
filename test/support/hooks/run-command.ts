import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { goLookPath } from '../../../src/lib/go-look-path.ts';
import type { Command } from '../../../src/sources/hooks/command/command.ts';

export interface Ended {
  readonly succeeded: boolean;
  readonly output: Uint8Array;
}

/** Runs a command as the engine describes it, both streams into one, and waits for its end. */
export async function runCommand(
  command: Command,
  server: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Ended> {
  const nothing = { succeeded: false, output: new Uint8Array() };
  const place = { cwd: server.cwd, path: server.env['PATH'] ?? '' };
  const program = goLookPath(place, command.name, command.workingDirectory);
  if (program.result === 'not found' || command.refusal !== null) return nothing;
  const scratch = mkdtempSync(join(tmpdir(), 'signalbox-hooks-run-'));
  const files: string[] = [];
  try {
    const env = { ...server.env, ...Object.fromEntries(command.environment) };
    for (const [n, { variable, prefix, suffix, content }] of command.files.entries()) {
      const directory = command.workingDirectory === '' ? tmpdir() : command.workingDirectory;
      const path = join(directory, `${prefix}${process.pid}${n}${suffix}`);
      files.push(resolve(server.cwd, path));
      writeFileSync(resolve(server.cwd, path), content, { mode: 0o600 });
      env[variable] = path;
    }
    const sink = openSync(join(scratch, 'output'), 'a');
    const child = spawn(program.path, command.arguments, {
      argv0: command.name,
      cwd: resolve(server.cwd, command.workingDirectory),
      env,
      stdio: [command.stdin === null ? 'ignore' : 'pipe', sink, sink],
    });
    // It may end without having read it.
    child.stdin?.on('error', () => {}).end(command.stdin);
    // It may also not start at all.
    const code = await once(child, 'exit').then(
      ([code]: unknown[]) => code,
      () => null,
    );
    closeSync(sink);
    return { succeeded: code === 0, output: readFileSync(join(scratch, 'output')) };
  } finally {
    for (const file of files) rmSync(file, { force: true });
    rmSync(scratch, { recursive: true });
  }
}
