import { constants, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessFacts, readProcess } from '../proc.ts';
import type { Enclosure } from './enclosure.ts';
import type { Command, Exit, Started, TakeOutput } from './job.ts';
import { handOn, type Printed } from './output.ts';
import { pipeBytes, readPipe } from './pipe-reader.ts';
import { enterScript, exitScript, jobScript, type Pipes, pipesScript } from './script.ts';
import { type Answer, openShell, type Shell } from './shell.ts';
import { signalName } from './signal-name.ts';

/**
 * A shell that was started before there is anything to do, and runs one job at a time.
 *
 * Why: Node starts a process by copying its own page tables, which takes the longer the more memory it has. A small
 * shell starts one as fast as the system can, however big this process has grown.
 *
 * The shell reads jobs from its stdin and answers on its stdout, and a job has neither of them: its stdin is /dev/null,
 * and its output goes into two named pipes, which end when the last process that holds them is gone.
 *
 * For an enclosed job the shell starts another one as process 1 of the enclosure, which then reads the same stdin. It
 * exits when the job is over, and the enclosure with it.
 */
export interface Slot extends AsyncDisposable {
  readonly number: number;
  /** Whether it can take a job. */
  isIdle(): boolean;
  /**
   * `word` is what is executed, as the shell finds it. Rejects when nothing was started. `onLeft` is called when the job was disposed; `isClean` when it has left nothing
   * that the next one could notice.
   */
  start(
    word: string,
    command: Command,
    take: TakeOutput,
    onLeft: (isClean: boolean) => void,
  ): Promise<Started>;
}

/** Rejects when the system does not let it. The pipes are made in `directory`, by the slot's number, and stay there. */
export async function openSlot(directory: string, number: number): Promise<Slot> {
  const pipes: Pipes = {
    stdout: join(directory, `${number}.stdout`),
    stderr: join(directory, `${number}.stderr`),
  };
  rmSync(pipes.stdout, { force: true });
  rmSync(pipes.stderr, { force: true });
  const shell = await openShell();
  const made = await shell.ask(pipesScript(pipes), () => undefined);
  if (made.status !== 0) {
    await shell[Symbol.asyncDispose]();
    throw new Error(`cannot make named pipes in ${directory}: ${made.said}`);
  }

  // A slot that is used again has nothing under way that still needs what is in them.
  const buffers = { stdout: new Uint8Array(pipeBytes), stderr: new Uint8Array(pipeBytes) };

  return {
    number,
    isIdle: () => shell.isIdle(),
    async start(word, command, take, onLeft) {
      const [stdout, stderr] = openToRead(pipes, buffers);
      const output = handOn(stdout, stderr, take);
      const entered = command.enclosure === undefined ? outside : await enter(shell, command.enclosure);
      if (entered.result === 'refused') {
        output[Symbol.dispose]();
        onLeft(shell.isIdle());
        return entered;
      }
      const { init } = entered;
      let isLetGo = false;
      const leave = (): void => {
        const isClean = output.isDrained() && shell.isIdle() && !isLetGo;
        output[Symbol.dispose]();
        if (init === undefined || !isClean) onLeft(isClean);
        else void shell.ask(exitScript, () => undefined).then(() => onLeft(shell.isIdle()));
      };
      const { promise: began, resolve: onPid } = Promise.withResolvers<number>();
      const answered = shell.ask(jobScript(word, command, pipes), onPid);
      const first = await Promise.race([began, answered]);
      if (typeof first !== 'number') {
        leave();
        return {
          result: 'refused',
          reason: first.said || 'the shell that was to start the command was killed',
        };
      }
      return {
        result: 'started',
        job: {
          pid: first,
          session: shell.pid,
          launchers: [shell.pid, ...(init === undefined ? [] : [init.parent, init.pid])],
          init,
          files: [pipes.stdout, pipes.stderr],
          exited: answered.then(exitOf),
          drained: output.drained,
          letGo: () => {
            isLetGo = true;
          },
          isDrained: () => output.isDrained(),
          silentMs: () => output.silentMs(),
          [Symbol.dispose]: leave,
        },
      };
    },
    [Symbol.asyncDispose]: () => shell[Symbol.asyncDispose](),
  };
}

const outside = { result: 'entered', init: undefined } as const;

/** Brings the shell into an enclosure. */
async function enter(
  shell: Shell,
  enclosure: Enclosure,
): Promise<
  { readonly result: 'entered'; readonly init: ProcessFacts } | Extract<Started, { result: 'refused' }>
> {
  let pid = 0;
  const { status, said } = await shell.ask(enterScript(enclosure), heard => {
    pid = heard;
  });
  const init = status === 0 ? readProcess(pid) : undefined;
  return init === undefined
    ? { result: 'refused', reason: said || 'process 1 of the enclosure was killed' }
    : { result: 'entered', init };
}

/** Whether a slot has made a file of that name. */
export function isPipe(name: string): boolean {
  return /^\d+\.std(?:out|err)$/.test(name);
}

/** Opening them so does not wait for a writer, and reading them does not end before there was one. */
function openToRead(
  pipes: Pipes,
  buffers: Readonly<Record<keyof Pipes, Uint8Array>>,
): readonly [stdout: Printed, stderr: Printed] {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const stdout = readPipe(openSync(pipes.stdout, flags), buffers.stdout);
  try {
    return [stdout, readPipe(openSync(pipes.stderr, flags), buffers.stderr)];
  } catch (error) {
    stdout.destroy();
    throw error;
  }
}

/**
 * The shell says by which signal a job died, except for SIGINT and SIGPIPE; so 130 and 141 count as exit codes, which
 * they mostly are: nobody sends these two to a process in a session of its own.
 */
function exitOf({ status, said }: Answer): Exit {
  if (status === undefined)
    return { how: 'unknown', reason: 'the shell that had started the command was killed' };
  if (status <= 128 || said === '') return { how: 'exited', code: status };
  const number = status - 128;
  return { how: 'killed', signal: signalName(number), number };
}
