import type { Clock } from '../../contracts/clock.ts';
import type { Build, BuildJob, BuildNow, Provider } from '../../contracts/provider.ts';
import { createJobLog, type JobLines, type JobLog, newStartLine } from './job-log.ts';
import type { PastStep } from './past.ts';
import { nothingPrinted } from './printed.ts';
import type { Transcript, TranscriptStep } from './transcript.ts';

/** Longer logs are for the service's own pages. */
const mostLogBytes = 16 * 1024 * 1024;

export interface StepsNeeds {
  readonly provider: Pick<Provider, 'name' | 'logs'>;
  readonly transcript: Transcript;
  readonly clock: Pick<Clock, 'now'>;
  /** What a job printed last may come to its log so much later than its end. */
  readonly lagMs: number;
}

/** The steps of a run: the jobs of its build, in the order in which they began. */
export interface Steps {
  /** Writes what is new since last time. Resolves to whether the logs of any job may still grow. */
  catchUp(build: Build, now: BuildNow, signal: AbortSignal): Promise<boolean>;
  /** Ends the steps of all jobs of a build that is over, whatever of their logs was not read. */
  leave(now: BuildNow): Promise<void>;
}

interface JobStep extends TranscriptStep {
  readonly log: JobLog;
  /** When it was seen that the job is over; null: it is not. */
  overSince: number | null;
  /** Why its log cannot be read: that is looked at again when the job is over, and not before. */
  problem: string | null;
  isClosed: boolean;
}

/** `past` is what former attempts have told: the same jobs go on as the same steps. */
export function createSteps(needs: StepsNeeds, past: readonly PastStep[]): Steps {
  const { transcript, clock } = needs;
  const steps = new Map<string, JobStep>();
  const unclaimed = [...past];
  let nextId = Math.max(-1, ...past.map(({ id }) => id)) + 1;

  async function stepOf(job: BuildJob): Promise<JobStep> {
    const known = steps.get(job.id);
    if (known !== undefined) return known;
    const { name, command } = job;
    const [before] = unclaimed.filter(each => each.name === name && each.command === command);
    if (before !== undefined) unclaimed.splice(unclaimed.indexOf(before), 1);
    const step: JobStep = {
      id: before?.id ?? nextId,
      name,
      command,
      log: createJobLog(before?.printed ?? nothingPrinted),
      overSince: null,
      problem: null,
      isClosed: before?.isOver ?? false,
    };
    steps.set(job.id, step);
    if (before !== undefined) return step;
    nextId += 1;
    await transcript.begin(step);
    return step;
  }

  async function write(step: JobStep, { isNewStart, lines }: JobLines): Promise<void> {
    if (isNewStart) await transcript.note(step, newStartLine);
    await transcript.print(step, lines);
  }

  async function close(step: JobStep): Promise<void> {
    await write(step, step.log.end());
    await transcript.end(step);
    step.isClosed = true;
  }

  async function readOn(build: Build, job: BuildJob, step: JobStep, signal: AbortSignal): Promise<void> {
    const isLast = step.overSince !== null && clock.now() - step.overSince >= needs.lagMs;
    if (job.state === 'over') step.overSince ??= clock.now();
    if (!job.hasLog) {
      if (job.state !== 'over') return;
      if (job.remark !== null) await transcript.print(step, [job.remark]);
      return close(step);
    }
    if (step.problem !== null && job.state !== 'over') return;
    const { known } = step.log;
    const isFull = known.bytes >= mostLogBytes;
    const news = isFull ? null : await needs.provider.logs(build, job, known, mostLogBytes, signal);
    if (news?.result === 'unreadable') {
      if (news.reason !== step.problem) await transcript.note(step, news.reason);
      step.problem = news.reason;
      if (job.state === 'over') await close(step);
      return;
    }
    if (news !== null) {
      await write(step, step.log.take(news));
      if (step.log.known.bytes >= mostLogBytes)
        await transcript.note(
          step,
          `the log is longer than ${mostLogBytes / 2 ** 20} MiB: the rest is at ${needs.provider.name} alone`,
        );
    }
    if (isLast || (isFull && job.state === 'over')) await close(step);
  }

  return {
    catchUp: async (build, { jobs, ending }, signal) => {
      for (const each of begun(jobs)) {
        // No job outlives its build, though its state may say so for a moment.
        const job: BuildJob = ending === null ? each : { ...each, state: 'over' };
        const step = await stepOf(job);
        if (!step.isClosed) await readOn(build, job, step, signal);
      }
      return [...steps.values()].some(({ isClosed }) => !isClosed);
    },
    leave: async ({ jobs }) => {
      for (const job of begun(jobs)) {
        const step = await stepOf(job);
        if (!step.isClosed) await close(step);
      }
    },
  };
}

/** The jobs that have begun, or will not any more, oldest first: in the same order however often they are asked for. */
const begun = (jobs: readonly BuildJob[]): readonly BuildJob[] =>
  jobs
    .filter(({ state }) => state !== 'waiting')
    .toSorted((a, b) => (a.startedAt ?? Number.MAX_VALUE) - (b.startedAt ?? Number.MAX_VALUE));
