import { existsSync, realpathSync } from 'node:fs';
import type { ExecutionContext, OrphanedAttempt } from '../contracts/executor.ts';
import type { RunId } from '../domain/id.ts';
import { duration } from '../domain/report.ts';
import type { Ending } from '../domain/run.ts';
import type { Isolation } from '../lib/isolation/isolation.ts';
import type { Exit, Job, Program } from '../lib/launcher/job.ts';
import type { Launcher } from '../lib/launcher/launcher.ts';
import { type JobMarks, noMarks, type Process } from '../lib/process-system.ts';
import type { ProcessTree } from '../lib/process-tree.ts';
import { within } from '../lib/within.ts';
import { prepareCommand } from './prepare-command.ts';
import { type StopReason, type StopRequest, stopRequest } from './stop-request.ts';

export interface ProcessNeeds {
  readonly isolation: Isolation;
  readonly launcher: Launcher;
  readonly processes: ProcessTree;
  /** Between asking a process to end and SIGKILL. */
  readonly graceMs: number;
  /** How long what a command left in the background may go on printing. */
  readonly drainMs: number;
}

/** A note names this many processes; a fork bomb leaves more. */
const mostNamed = 10;
/** How long the output of a stopped command may take to be written; together with killing it, `grace + 5 s` holds. */
const lastWordsMs = 1_000;

/**
 * What becomes of what a program leaves running when it ends by itself. `ends`: it is ended. `stays`: it is left; as long
 * as it holds the program's output, the program counts as running. `shared`: the program runs beside others of the same
 * attempt, and what may as well be theirs is left; who starts such programs ends what is left of all of them, by
 * `endOrphans`.
 */
type Background = 'ends' | 'stays' | 'shared';

/**
 * Runs a program until it ends, its time is over, or it is cancelled. Then nothing that it started is left, and what
 * it printed has been written.
 */
export function runProcess(
  needs: ProcessNeeds,
  program: Program,
  context: ExecutionContext,
  background: Background,
): Promise<Ending> {
  return run(needs, program, context, background, note => [note]);
}

/** The same for another program of an attempt: how it is isolated the log has told already. */
export function runNextProcess(
  needs: ProcessNeeds,
  program: Program,
  context: ExecutionContext,
  background: Background,
): Promise<Ending> {
  return run(needs, program, context, background, () => []);
}

async function run(
  needs: ProcessNeeds,
  program: Program,
  context: ExecutionContext,
  background: Background,
  noteOf: (note: string) => readonly string[],
): Promise<Ending> {
  if (context.signal.aborted) return stopped('cancelled', context);
  const own = marksOf(context);
  const directory = realpathSync(context.home);
  const prepared = await prepareCommand(needs.isolation, program, context, own);
  if (prepared.result === 'refused') return couldNotRun(prepared.reason);
  // Not waited for: a log that nobody takes must not keep the command from being cancelled.
  const noted = say(context, noteOf(prepared.note));
  noted.catch(() => undefined);
  const since = needs.processes.moment();
  const started = await needs.launcher.start(prepared.command, (stream, bytes) =>
    context.write(stream, bytes),
  );
  if (started.result === 'refused') return couldNotRun(started.reason);
  using job = started.job;
  using stop = stopRequest(context);
  const { session, launchers, init } = job;
  const entries = Object.entries(own).map(entry => entry.join('='));
  const marks = { session, launchers, init, entries, files: [], directory, since };
  // Where there are others, what left its session may be theirs.
  const sure = background !== 'shared' ? marks : { ...marks, entries: [], directory: undefined };
  try {
    // Output that nobody can take ends the wait as well: by rejecting.
    const written = Promise.all([noted, job.drained]);
    const first = await Promise.race([job.exited, stop.asked, written.then(() => job.exited)]);
    if (typeof first === 'string') {
      await endStopped(needs, { job, marks, context });
      return stopped(first, context);
    }
    if (background !== 'stays') {
      await endLeftovers(needs, { job, marks: sure, context }, stop);
      return endingOf(first);
    }
    const over = await Promise.race([job.drained, stop.asked]);
    if (typeof over === 'string') {
      await endStopped(needs, { job, marks, context });
      return stopped(over, context);
    }
    await leaveLeftovers(needs, { job, marks, context });
    return endingOf(first);
  } catch (error) {
    await needs.processes.end(marks, needs.graceMs);
    throw error;
  }
}

/** Ends the processes of attempts that another server process, dead by now, has started; tells which runs had any. */
export async function endOrphans(
  { processes, graceMs }: Pick<ProcessNeeds, 'processes' | 'graceMs'>,
  attempts: readonly OrphanedAttempt[],
): Promise<readonly RunId[]> {
  const found = await Promise.all(
    attempts.map(async ({ run, home }) => {
      const directory = existsSync(home) ? realpathSync(home) : undefined;
      const marks = { ...noMarks, entries: [`${runVariable}=${run}`], directory };
      const { ended, survivors } = await processes.end(marks, graceMs);
      return ended.length + survivors.length > 0 ? [run] : [];
    }),
  );
  return found.flat();
}

interface Running {
  readonly job: Job;
  readonly marks: JobMarks;
  readonly context: ExecutionContext;
}

const runVariable = 'SIGNALBOX_RUN_ID';
const attemptVariable = 'SIGNALBOX_ATTEMPT';

/** What all processes of this attempt have in their environment, and none of another attempt. */
function marksOf({ env }: ExecutionContext): Readonly<Record<string, string>> {
  const names = [runVariable, attemptVariable];
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.includes(name)));
}

/** It has to end now. A second is left for what it had printed, even if nobody takes it. */
async function endStopped(needs: ProcessNeeds, { job, marks, context }: Running): Promise<void> {
  const { survivors } = await needs.processes.end({ ...marks, files: job.files }, needs.graceMs);
  const lastWords = job.drained.then(() => say(context, survivorsNote(survivors)));
  await within(lastWordsMs, lastWords);
}

/** It has ended by itself. What it left in the background may finish printing; then that has to end, too. */
async function endLeftovers(
  needs: ProcessNeeds,
  { job, marks, context }: Running,
  stop: StopRequest,
): Promise<void> {
  const over = Promise.race([job.drained, stop.asked]);
  if (!job.isDrained()) await within(needs.drainMs, over);
  // Who still holds the output belongs to the job, however well it hides otherwise.
  const files = job.isDrained() ? [] : job.files;
  const { ended, survivors } = await needs.processes.end({ ...marks, files }, needs.graceMs);
  // Output that is taken slowly is waited for; output that somebody out of reach keeps open in silence is not.
  while (!job.isDrained() && !(await within(needs.drainMs, over)) && job.silentMs() < needs.drainMs);
  const note = [...leftoversNote(ended), ...survivorsNote(survivors)];
  await Promise.race([say(context, note), stop.asked]);
}

/** It has ended by itself, and nothing holds its output. What it left in the background is somebody else's from now on. */
async function leaveLeftovers(needs: ProcessNeeds, { job, marks, context }: Running): Promise<void> {
  const left = await needs.processes.find(marks);
  if (left.length === 0) return;
  job.letGo();
  await say(context, [`left in the background: ${list(left)}`]);
}

async function say(context: ExecutionContext, lines: readonly string[]): Promise<void> {
  for (const line of lines) await context.write('system', Buffer.from(`${line}\n`));
}

function leftoversNote(ended: readonly Process[]): readonly string[] {
  return ended.length === 0
    ? []
    : [`ended ${list(ended)}: the command had left this running in the background`];
}

function survivorsNote(survivors: readonly Process[]): readonly string[] {
  return survivors.length === 0 ? [] : [`could not end ${list(survivors)}: not even SIGKILL helped`];
}

function list(processes: readonly Process[]): string {
  // A process may call itself anything; what is no plain text stays out of the log.
  const named = processes
    .slice(0, mostNamed)
    .map(({ name, pid }) => `${name.replace(/[^ -~]/g, '?')} (${pid})`);
  const more = processes.length - named.length;
  return more === 0 ? named.join(', ') : `${named.join(', ')} and ${more} more`;
}

function endingOf(exit: Exit): Ending {
  switch (exit.how) {
    case 'exited':
      return { outcome: exit.code === 0 ? 'success' : 'failure', exitCode: exit.code, reason: null };
    case 'killed':
      return { outcome: 'failure', exitCode: 128 + exit.number, reason: `killed by ${exit.signal}` };
    case 'unknown':
      return { outcome: 'error', exitCode: null, reason: exit.reason };
  }
}

/** It never began, or could not be seen to its end. */
export function couldNotRun(reason: string): Ending {
  return { outcome: 'error', exitCode: null, reason };
}

function stopped(reason: StopReason, { timeoutMs }: ExecutionContext): Ending {
  switch (reason) {
    case 'cancelled':
      return { outcome: 'cancelled', exitCode: null, reason: null };
    case 'timeout':
      return { outcome: 'timeout', exitCode: null, reason: `the limit is ${duration(timeoutMs)}` };
  }
}
