import assert from 'node:assert/strict';
import type { RunId } from '../../domain/id.ts';
import type { LogChunk } from '../../domain/log.ts';
import type { Ending, News, Run } from '../../domain/run.ts';
import type { OutboxEntry, Store } from '../store.ts';
import { bytes, later, now, sample, type Wishes } from './samples.suite.ts';

/** Admits an event with one run, and gives the run as it was planned. */
export async function admitRun(store: Store, wishes: Wishes = {}): Promise<Run> {
  const admission = sample({ ...wishes, runs: 1 });
  await store.admit(admission);
  const [run] = admission.runs;
  assert.ok(run);
  return run;
}

/** Amends a run by news that has to change it. */
export async function amended(store: Store, run: RunId, news: News): Promise<Run> {
  const answer = await store.amend(run, news);
  assert.ok(answer.result === 'amended', `${news.kind} is ${answer.result}`);
  return answer.run;
}

/** News: an agent asks for the run. */
export const claim = (agent: string, leaseUntil: number = later): News => ({
  kind: 'claimed',
  agent,
  claim: `of ${agent}`,
  at: now,
  leaseUntil,
});

/** News: a heartbeat. */
export const alive = (attempt: number, agent: string, leaseUntil: number): News => ({
  kind: 'alive',
  attempt,
  agent,
  leaseUntil,
});

/** News: an attempt's end. */
export const finish = (attempt: number, outcome: Ending['outcome'] = 'success', exitCode = 0): News => ({
  kind: 'finished',
  attempt,
  at: now + 5,
  ending: { outcome, exitCode, reason: null },
});

/** Takes and settles all entries of a kind that are due. */
export async function drain(store: Store, kind: OutboxEntry['kind'] = 'report'): Promise<OutboxEntry[]> {
  const told: OutboxEntry[] = [];
  for (;;) {
    const taken = await store.takeOutbox(kind, now, 10, later);
    if (taken.length === 0) return told;
    for (const entry of taken) await store.settle(entry);
    told.push(...taken);
  }
}

/** The runs of the tickets that are due, settled. */
export async function tickets(store: Store): Promise<RunId[]> {
  return (await drain(store, 'ticket')).flatMap(entry => (entry.kind === 'ticket' ? [entry.ticket.run] : []));
}

/** Output of the first attempt. */
export const chunk = (sequence: number, text: string, others: Partial<LogChunk> = {}): LogChunk => ({
  attempt: 1,
  sequence,
  at: 7,
  stream: 'stdout',
  bytes: bytes(text),
  ...others,
});

/** All lines of a log, without what stands beside them. */
export async function texts(store: Store, run: RunId): Promise<string[]> {
  return (await store.log(run, 0, 10_000)).map(({ text }) => text);
}

/** All bytes of a log. */
export async function raw(store: Store, run: RunId): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.rawLog(run)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}
