import type { Insertable } from 'kysely';
import type { Event } from '../../domain/event.ts';
import { pipelineCommit, pipelineRepo } from '../../domain/pipeline.ts';
import { prepared } from '../prepared.ts';
import type { PipelineTable } from '../schema.ts';
import type { Transaction } from '../transaction.ts';

/**
 * Lets an event's pipeline be found by its name; a repeated event leaves it with the first one. One that no workflow
 * answers to is none in Tangled.
 */
export async function addPipeline(tx: Transaction, { id, pipeline }: Event): Promise<void> {
  if (pipeline === null || pipeline.workflows.length === 0) return;
  const { knot, rkey, repo, trigger } = pipeline;
  await tx.run(insert, {
    knot,
    rkey,
    event: id,
    repo: pipelineRepo(repo),
    commit_sha: pipelineCommit(trigger),
    kind: trigger.kind,
  });
}

const insert = prepared((db, p: Insertable<PipelineTable>) =>
  db
    .insertInto('pipeline')
    .values({
      knot: p.knot,
      rkey: p.rkey,
      event: p.event,
      repo: p.repo,
      commit_sha: p.commit_sha,
      kind: p.kind,
    })
    .onConflict(on => on.doNothing()),
);
