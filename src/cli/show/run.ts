import { duration } from '../../domain/report.ts';
import type { AttemptJson, ReportJson, RunDetailJson, RunJson } from '../../server/json/run.ts';
import type { CliIo } from '../io.ts';
import { type Mark, paint, runMark } from '../style.ts';
import { visible } from '../text.ts';
import { when } from '../when.ts';
import type { EventItem } from '../wire/event.ts';
import { marked, pairs } from './block.ts';
import { happening } from './event.ts';

/** The word for how a run stands: its outcome, or its state while it has none. */
export const standing = (run: Pick<RunJson, 'state' | 'outcome'>): string => run.outcome ?? run.state;

/** How long it ran, or has been running; null when it never started. */
export function took(io: Pick<CliIo, 'now'>, run: Pick<RunJson, 'startedAt' | 'finishedAt'>): string | null {
  if (run.startedAt === null) return null;
  const end = run.finishedAt === null ? io.now() : Date.parse(run.finishedAt);
  return duration(end - Date.parse(run.startedAt));
}

/** The story of a run: what started it, on which commit, how it went, who heard of it, and what to do next. */
export function showRun(io: CliIo, run: RunDetailJson, event: EventItem): readonly string[] {
  const mark = runMark(standing(run));
  const at = (time: string | null) => (time === null ? null : when(io, Date.parse(time)));
  const exit = run.exitCode === null ? '' : `, exit code ${run.exitCode}`;
  const facts = pairs(io, [
    ['rule', run.rule],
    ['script', run.script],
    ['workflow', run.workflow?.name ?? null],
    ['pipeline', run.workflow?.pipeline ?? null],
    ['event', `${run.event} ${happening(event)}`],
    ['repository', run.repo?.name ?? null],
    ['commit', [run.sha, run.ref].filter(part => part !== null).join(' ')],
    ['repeats', run.rerunOf],
    ['queued', at(run.queuedAt)],
    ['started', at(run.startedAt)],
    ['finished', at(run.finishedAt)],
    ['took', took(io, run)],
    ['agent', run.agent],
    ['reason', run.reason],
    ['waits', run.waits],
    ['adapter run', run.adapter?.runId ?? null],
    ['adapter page', run.adapter?.infoUrl ?? null],
    ['build', run.build && `${run.build.id} at ${run.build.provider}`],
    ['build page', run.build?.url ?? null],
  ]);
  return [
    `${paint(io, mark.colour, `${mark.symbol} ${standing(run)}${exit}`)}  ${paint(io, 'bold', visible(run.id))}`,
    '',
    ...facts,
    ...section(
      io,
      'Attempts',
      run.attempts.length > 1 ? run.attempts.flatMap(each => attempt(io, each)) : [],
    ),
    ...section(
      io,
      'Reports',
      run.reports.flatMap(each => report(io, each)),
    ),
    '',
    ...pairs(
      io,
      nextCommands(run).map((command, index) => [index === 0 ? 'next' : '', command]),
    ),
  ];
}

function section(io: CliIo, title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', paint(io, 'bold', title), ...lines];
}

function attempt(
  io: CliIo,
  { attempt, agent, startedAt, finishedAt, outcome }: AttemptJson,
): readonly string[] {
  const word = outcome ?? 'running';
  const time = took(io, { startedAt, finishedAt }) ?? '';
  return marked(io, '  ', runMark(word), `${attempt}  ${word} on ${agent}, ${time}`);
}

function report(io: CliIo, { reporter, state, tries, error, nextTryAt }: ReportJson): readonly string[] {
  const tried = tries > 0 ? ` after ${tries} failed ${tries === 1 ? 'try' : 'tries'}` : '';
  const next =
    state === 'waiting' && nextTryAt !== null && tries > 0 ? `, again ${until(io, nextTryAt)}` : '';
  const why = error === null ? '' : `: ${error}`;
  return marked(io, '  ', reportMarks[state], `${reporter}  ${state}${tried}${next}${why}`);
}

const reportMarks: Readonly<Record<ReportJson['state'], Mark>> = {
  waiting: { symbol: '·', colour: 'gray' },
  sent: { symbol: '✓', colour: 'green' },
  replaced: { symbol: '-', colour: 'gray' },
  'given up': { symbol: '✗', colour: 'red' },
};

function until(io: Pick<CliIo, 'now' | 'isTTY'>, time: string): string {
  return io.isTTY ? `in ${duration(Math.max(0, Date.parse(time) - io.now()))}` : `at ${time}`;
}

function nextCommands({ id, state, outcome }: RunJson): readonly string[] {
  switch (state) {
    case 'blocked':
      return [`signalbox runs approve ${id}`];
    case 'queued':
    case 'running':
      return [`signalbox runs logs -f ${id}`, `signalbox runs cancel ${id}`];
    case 'finished':
      return outcome === 'success'
        ? [`signalbox runs logs ${id}`]
        : [`signalbox runs logs ${id}`, `signalbox runs rerun ${id}`];
  }
}
