import { z } from 'zod';
import type { TriggerWish } from '../../../contracts/spindle-calls.ts';
import { pipelineUri } from '../../../domain/pipeline.ts';
import { isRefName } from '../../../domain/ref-name.ts';
import { admit, type IntakeNeeds, identify } from '../../../engine/intake.ts';
import { jsonPage, type Page } from '../page.ts';
import { type Call, pusherOf, reference } from './call.ts';
import { generic } from './method-error.ts';

const sha = z.string().regex(/^[0-9a-f]{40}$/, { error: 'is no commit id of 40 hex digits' });
const did = z.string().regex(/^did:\S{1,2048}$/, { error: 'is no DID' });
const refName = z.string().max(1_000).refine(isRefName, { error: 'is no full name of a ref' });
const branch = z
  .string()
  .max(1_000)
  .refine(name => isRefName(`refs/heads/${name}`), { error: 'is no name of a branch' });
const inputValue = z
  .string()
  .max(16_384)
  .refine(value => !value.includes('\0'), { error: 'holds a NUL character, which no program can be given' });
const sourceRepo = did.nullish();

/** What can be asked for. That a push happened, nobody can say but a knot. */
const trigger = z.discriminatedUnion(
  '$type',
  [
    z.object({
      $type: z.literal('sh.tangled.ci.trigger#manual'),
      sha,
      sourceRepo,
      ref: refName.nullish(),
      inputs: z
        .array(z.object({ key: z.string().min(1).max(128), value: inputValue }))
        .max(100)
        .nullish(),
    }),
    z.object({
      $type: z.literal('sh.tangled.ci.trigger#pullRequest'),
      sourceSha: sha,
      sourceRepo,
      targetBranch: branch,
      sourceBranch: branch.nullish(),
      pull: z
        .string()
        .regex(/^at:\/\/\S{1,2048}$/, { error: 'is no at-uri' })
        .nullish(),
    }),
  ],
  { error: 'is missing, or of a kind that cannot be asked for' },
);

const input = z.object({
  repo: reference,
  trigger,
  workflows: z.array(z.string().min(1).max(255)).max(100).nullish(),
});

/** `sh.tangled.ci.triggerPipeline`: makes a pipeline of a commit, as an event like any other. */
export async function triggerPipeline(needs: IntakeNeeds, call: Call): Promise<Page> {
  const wanted = await call.input(input);
  const { repo, did } = await pusherOf(call, wanted.repo);
  const wish: TriggerWish = {
    trigger: triggerOf(wanted.trigger),
    sourceRepo: wanted.trigger.sourceRepo ?? null,
    workflows: wanted.workflows?.length ? wanted.workflows : null,
    by: did,
  };
  const made = await repo.pipeline(wish, call.signal);
  const origin = { source: 'tangled', delivery: null, replayOf: null };
  const event = identify(needs, made, origin);
  if (event.pipeline === null) throw generic('nothing is to be run');
  await admit(needs, event, { delivery: null, position: null });
  return jsonPage(200, { pipeline: pipelineUri(event.pipeline) });
}

function triggerOf(given: z.output<typeof trigger>): TriggerWish['trigger'] {
  switch (given.$type) {
    case 'sh.tangled.ci.trigger#manual':
      return { kind: 'manual', sha: given.sha, ref: given.ref ?? null, inputs: given.inputs ?? [] };
    case 'sh.tangled.ci.trigger#pullRequest': {
      const { sourceBranch, targetBranch, sourceSha, pull } = given;
      return {
        kind: 'pull_request',
        sourceBranch: sourceBranch ?? '',
        targetBranch,
        sourceSha,
        action: null,
        pull: pull ?? null,
      };
    }
  }
}
