import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A `/bin/sh` that waits for scripts, in a session of its own and with an empty environment. */
export interface Shell extends AsyncDisposable {
  /** Its process, session and process group. */
  readonly pid: number;
  /** Whether it waits for the next script. */
  isIdle(): boolean;
  /** Runs a script that says `=<status>` last. One at a time. `onPid` hears when the script says a pid. */
  ask(script: string, onPid: (pid: number) => void): Promise<Answer>;
}

export interface Answer {
  /** Undefined when the shell died first. */
  readonly status: number | undefined;
  /** What it said beside the words it is asked for, since the pid: a complaint, or by which signal a job died. */
  readonly said: string;
}

/** Rejects when the system does not start one. */
export async function openShell(): Promise<Shell> {
  // Under coverage, Node would add this variable to an empty environment.
  const env = { NODE_V8_COVERAGE: undefined };
  const shell = spawn('/bin/sh', [], { env, cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  await once(shell, 'spawn');
  const { pid } = shell;
  if (pid === undefined) throw new Error('/bin/sh has started without a pid');

  let asked:
    | { readonly onPid: (pid: number) => void; readonly onAnswer: (answer: Answer) => void }
    | undefined;
  let said: string[] = [];
  let unfinished = '';
  let closed = false;
  const whenClosed = new Promise<void>(resolve => {
    shell.once('close', () => {
      closed = true;
      answer(undefined);
      resolve();
    });
  });
  // Writing to a shell that has died fails; 'close' tells everyone who has to know.
  shell.stdin.on('error', () => undefined);
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });

  function hear(line: string): void {
    const [, job, status] = /^(?:\/proc\/self\/task\/(\d+)|=(\d+))$/.exec(line) ?? [];
    if (status !== undefined) answer(Number(status));
    else if (job === undefined) said.push(line);
    else {
      said = [];
      asked?.onPid(Number(job));
    }
  }
  function answer(status: number | undefined): void {
    const { onAnswer } = asked ?? {};
    asked = undefined;
    onAnswer?.({ status, said: said.join(' ') });
    said = [];
  }

  return {
    pid,
    isIdle: () => !closed && asked === undefined,
    ask: (script, onPid) =>
      new Promise(resolve => {
        asked = { onPid, onAnswer: resolve };
        if (closed) answer(undefined);
        else shell.stdin.write(script);
      }),
    async [Symbol.asyncDispose]() {
      // An idle shell ends with its stdin. One that waits for a job is killed with it, unless it is dead already: then
      // its pid may be somebody else's.
      shell.stdin.end();
      if (asked !== undefined && shell.exitCode === null && shell.signalCode === null)
        process.kill(-pid, 'SIGKILL');
      await whenClosed;
    },
  };
}
