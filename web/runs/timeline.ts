import type { Attempt, LogMark, RunDetail } from '../wire.ts';

/** A stretch of a run's time. Times are milliseconds since 1970. */
export interface Stretch {
  readonly kind: 'approval' | 'queued' | 'checkout' | 'run';
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
}

/**
 * What a run spent its time with, from when it was queued to the end of its last attempt. When the checkout was over is
 * what signalbox says of that attempt in the log.
 */
export function timelineOf(run: RunDetail, marks: readonly LogMark[]): readonly Stretch[] {
  const queuedAt = Date.parse(run.queuedAt);
  const last = run.attempts.at(-1);
  if (last === undefined) {
    const end = run.finishedAt === null ? null : Date.parse(run.finishedAt);
    return [{ kind: run.state === 'blocked' ? 'approval' : 'queued', from: queuedAt, to: end }];
  }
  const startedAt = Date.parse(last.startedAt);
  const finishedAt = last.finishedAt === null ? null : Date.parse(last.finishedAt);
  const checkedOutAt = run.sha === null ? null : checkoutOver(last, marks);
  const waited: Stretch = { kind: 'queued', from: queuedAt, to: startedAt };
  if (checkedOutAt === null)
    return [waited, { kind: isCheckedOut(run) ? 'checkout' : 'run', from: startedAt, to: finishedAt }];
  // The agent's clock may differ from ours by a little.
  const between = Math.min(Math.max(checkedOutAt, startedAt), finishedAt ?? checkedOutAt);
  return [
    waited,
    { kind: 'checkout', from: startedAt, to: between },
    { kind: 'run', from: between, to: finishedAt },
  ];
}

/** Builds of other CI services are of a commit, and nothing is checked out for them here. */
const isCheckedOut = ({ work }: RunDetail): boolean => work.url !== null && work.kind !== 'provider';

function checkoutOver({ attempt }: Attempt, marks: readonly LogMark[]): number | null {
  const own = marks.filter(mark => mark.kind === 'system');
  const begin = own.findLastIndex(({ text }) => text.startsWith(`attempt ${attempt} on `));
  const over = own.slice(Math.max(0, begin)).find(({ text }) => text.startsWith('checked out '));
  return over === undefined ? null : Date.parse(over.at);
}
