import type { Clock } from '../contracts/clock.ts';
import type { NewAnnouncement } from '../contracts/pipeline-store.ts';
import type { Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import type { FeedItem } from '../domain/feed.ts';
import { pipelineUri, type WorkflowRef } from '../domain/pipeline.ts';
import { pipelineNsid, pipelineRecord, statusNsid, statusRecord } from '../domain/pipeline-records.ts';
import type { Run } from '../domain/run.ts';
import { type WorkflowStatus, workflowStatus } from '../domain/workflow-status.ts';
import { type Bell, createBell } from './bell.ts';
import type { Journal } from './journal.ts';
import { loop } from './loop.ts';
import { createLanes, type Lanes, type Notice } from './status-lanes.ts';

/** Under this name it is stored how far the feed has been read. */
const reader = 'announcements';
/** Whoever hears of a workflow before it has dealt with its pipeline forgets what it has heard. */
const firstDelayMs = 2_000;
/** Readers tell moments apart by their seconds. */
const apartMs = 1_000;
/** What happens at about the same time is announced in one transaction. */
const gatherMs = 100;
/** Hints may be lost. */
const longestNapMs = 2_000;
/** Read from the feed at once. */
const batch = 500;
/** Notices on their way, of some hundred bytes each; while there are more, the feed waits. */
const mostWaiting = 5_000;
/** Where nothing is to be announced the position moves in such steps, for the next start. */
const positionStep = 5_000;

export interface AnnounceNeeds {
  readonly store: Pick<Store, 'feed' | 'run' | 'workflowRun' | 'bareEvent' | 'position' | 'announce'>;
  readonly control: Pick<ControlEnd, 'hint' | 'onHint'>;
  readonly clock: Clock;
  readonly journal: Journal;
}

interface Status extends Notice {
  /** What happened, of which there is one record. */
  readonly cause: string;
  readonly workflow: WorkflowRef;
  readonly status: WorkflowStatus;
  readonly run: Pick<Run, 'status'>;
}

/**
 * Makes announcements of what the feed says about the runs of a rule, until the signal: one for each change of a
 * workflow, and, of pipelines that are our own, one of the pipeline before. Statuses of a workflow keep their order and
 * a distance. The position that is stored is behind everything that is announced, and no cause is announced twice: a
 * crash loses nothing and repeats nothing.
 */
export async function announcePipelines(
  needs: AnnounceNeeds,
  rule: string,
  signal: AbortSignal,
): Promise<void> {
  await loop(needs, 'announcements', signal, async () => {
    using bell = createBell(needs, 'feed');
    await follow(needs, rule, bell, signal);
  });
}

async function follow(needs: AnnounceNeeds, rule: string, bell: Bell, signal: AbortSignal): Promise<void> {
  const { store, clock } = needs;
  const lanes = createLanes<Status>(apartMs, clock.now());
  const stored = await store.position(reader);
  let kept = typeof stored === 'number' ? stored : 0;
  let read = kept;
  while (!signal.aborted) {
    const items = lanes.size() < mostWaiting ? await store.feed(read, batch) : [];
    const records = await look(needs, rule, items, lanes);
    read = items.at(-1)?.id ?? read;
    const now = clock.now();
    records.push(...lanes.take(now).map(status => recordOf(status, now)));
    const oldest = lanes.oldest();
    const position = oldest === null ? read : oldest - 1;
    if (records.length > 0 || position >= kept + positionStep) {
      await store.announce(records, { source: reader, position });
      kept = position;
    }
    if (records.length > 0) needs.control.hint('announcement');
    if (items.length === batch) continue;
    await clock.sleep(gatherMs, signal);
    const due = lanes.nextDue();
    const napMs = due === null ? longestNapMs : Math.min(due - clock.now(), longestNapMs);
    if (napMs > 0) await bell.wait(napMs, signal);
  }
}

/** Puts what the feed says into the lanes; returns the pipelines that are to be announced at once. */
async function look(
  needs: AnnounceNeeds,
  rule: string,
  items: readonly FeedItem[],
  lanes: Lanes<Status>,
): Promise<NewAnnouncement[]> {
  const { store, clock } = needs;
  const pipelines = new Map<string, NewAnnouncement>();
  for (const item of items) {
    if (item.type !== 'run' || item.rule !== rule) continue;
    const run = (await store.run(item.run))?.run;
    const workflow = run?.plan.workflow ?? null;
    if (run === undefined || workflow === null) continue;
    // What an older run of the workflow still does is nobody's business any more.
    if ((await store.workflowRun(workflow))?.id !== run.id) continue;
    const uri = pipelineUri(workflow);
    const isFirst = item.attempt === 0;
    if (isFirst && !pipelines.has(uri)) {
      const pipeline = (await store.bareEvent(run.event))?.pipeline ?? null;
      if (pipeline?.isOurs === true)
        pipelines.set(uri, {
          cause: uri,
          nsid: pipelineNsid,
          rkey: pipeline.rkey,
          record: pipelineRecord(pipeline),
        });
    }
    const status = workflowStatus(item.state, item.outcome);
    const notice = {
      lane: `${uri} ${workflow.name}`,
      item: item.id,
      // A run that says more of itself stands as it stood: that is told once for each attempt.
      cause: `${run.id} ${item.attempt} ${status}`,
      delayMs: isFirst ? firstDelayMs : 0,
      workflow,
      status,
      run: { status: run.status },
    };
    lanes.add(notice, clock.now());
  }
  return [...pipelines.values()];
}

function recordOf({ cause, workflow, status, run }: Status, now: number): NewAnnouncement {
  return {
    cause,
    nsid: statusNsid,
    rkey: null,
    record: statusRecord(workflow, status, run, now),
  };
}
