import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startDirectly } from './direct.ts';
import type { Command, Started, TakeOutput } from './job.ts';
import { resolveCommand, wordFor } from './resolve.ts';
import { shellCanSet } from './script.ts';
import { isPipe, openSlot, type Slot } from './slot.ts';

/** Starts programs and hands on their output; as fast from a process that has grown big as from a small one. */
export interface Launcher extends AsyncDisposable {
  /** Resolves when the program is about to run, or is known not to. */
  start(command: Command, take: TakeOutput): Promise<Started>;
}

export interface LauncherOptions {
  /** For the launcher alone; it makes it when it is not there. */
  readonly directory: string;
  /** How many shells wait for work (about 2 MB each). More jobs than that may run; their shells are not kept. */
  readonly warm: number;
}

/** Makes its shells at once, while the process is small. Dispose it after its jobs. */
export function createLauncher({ directory, warm }: LauncherOptions): Launcher {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  removePipes(directory);
  const hasSlots = process.platform === 'linux' && existsSync('/bin/sh') && existsSync('/proc/self/task');
  const slots = new Set<Slot>();
  const idle: Slot[] = [];
  /** Numbers of closed slots, for the next ones: so there are never more pipes than there were slots at a time. */
  const free: number[] = [];
  let opened = 0;
  let closed = false;

  async function open(): Promise<Slot | undefined> {
    const number = free.pop() ?? (opened += 1);
    try {
      const slot = await openSlot(directory, number);
      slots.add(slot);
      return slot;
    } catch {
      // The system has no shell to give now. The plain way may work, and says what is wrong if it does not.
      free.push(number);
      return undefined;
    }
  }
  async function close(slot: Slot): Promise<void> {
    await slot[Symbol.asyncDispose]();
    slots.delete(slot);
    free.push(slot.number);
  }
  async function take(): Promise<Slot | undefined> {
    for (let slot = idle.pop(); slot !== undefined; slot = idle.pop()) {
      if (slot.isIdle()) return slot;
      // Somebody killed it.
      void close(slot);
    }
    return open();
  }
  function giveBack(slot: Slot): void {
    if (slot.isIdle() && !closed && idle.length < warm) idle.push(slot);
    else void close(slot);
  }
  async function startOrThrow(command: Command, takeOutput: TakeOutput): Promise<Started> {
    const resolved = resolveCommand(command);
    if (resolved.result === 'refused') return resolved;
    const slot = hasSlots && shellCanSet(command.env) ? await take() : undefined;
    if (slot === undefined)
      return command.enclosure === undefined
        ? startDirectly(resolved.file, command, takeOutput)
        : { result: 'refused', reason: notEnclosed(command) };
    try {
      return await slot.start(wordFor(resolved.file, command), command, takeOutput, isClean => {
        if (isClean) giveBack(slot);
        else void close(slot);
      });
    } catch (error) {
      giveBack(slot);
      throw error;
    }
  }
  const warmedUp = Array.from({ length: hasSlots ? warm : 0 }, async () => {
    const slot = await open();
    if (slot !== undefined) giveBack(slot);
  });

  return {
    async start(command, takeOutput) {
      if (closed) return { result: 'refused', reason: 'this server is shutting down' };
      try {
        return await startOrThrow(command, takeOutput);
      } catch (error) {
        return { result: 'refused', reason: error instanceof Error ? error.message : String(error) };
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all(warmedUp);
      await Promise.all([...slots].map(close));
      removePipes(directory);
    },
  };
}

/** Only a shell encloses. */
function notEnclosed({ env }: Command): string {
  const name = Object.keys(env).find(each => !shellCanSet({ [each]: '' }));
  return name === undefined
    ? 'the system gives no shell that could isolate the command'
    : `an isolated command cannot be given the environment variable ${name}: shells keep it for themselves`;
}

/** Also what a process that was killed left there. */
function removePipes(directory: string): void {
  for (const name of readdirSync(directory)) if (isPipe(name)) rmSync(join(directory, name), { force: true });
}
