import type { IntakeNeeds } from '../../../engine/intake.ts';
import type { Route } from '../route.ts';
import { type CallNeeds, callRoute } from './call.ts';
import { type CancelNeeds, cancelPipeline } from './cancel-pipeline.ts';
import { createDescribeDefinition } from './describe-definition.ts';
import { type HealthNeeds, health, ready } from './health.ts';
import { getPipeline, queryPipelines, type ReadPipelinesNeeds } from './read-pipelines.ts';
import { addSecret, listSecrets, removeSecret } from './secrets.ts';
import { type SubscribeNeeds, subscribeLogs } from './subscribe-logs.ts';
import { triggerPipeline } from './trigger-pipeline.ts';

export interface XrpcNeeds
  extends CallNeeds,
    CancelNeeds,
    HealthNeeds,
    IntakeNeeds,
    ReadPipelinesNeeds,
    SubscribeNeeds {
  readonly store: CancelNeeds['store'] &
    IntakeNeeds['store'] &
    ReadPipelinesNeeds['store'] &
    SubscribeNeeds['store'];
  readonly control: IntakeNeeds['control'] & SubscribeNeeds['control'];
}

/** The methods that Tangled's programs call, by pattern. Some have had other names for a while. */
export function xrpcRoutes(needs: XrpcNeeds): Readonly<Record<string, Route>> {
  const method = (verb: 'GET' | 'POST', names: readonly string[], answer: Parameters<typeof callRoute>[2]) =>
    names.map(nsid => [`${verb} /xrpc/${nsid}`, callRoute(needs, nsid, answer)] as const);
  return Object.fromEntries([
    ...method('GET', ['_health'], () => health(needs)),
    ...method('GET', ['_ready'], () => ready(needs)),
    ...method('GET', ['sh.tangled.ci.queryPipelines'], call => queryPipelines(needs, call)),
    ...method('GET', ['sh.tangled.ci.getPipeline'], call => getPipeline(needs, call)),
    ...method('GET', ['sh.tangled.ci.describeWorkflowDefinition'], createDescribeDefinition()),
    ...method('POST', ['sh.tangled.ci.triggerPipeline', 'sh.tangled.ci.pipeline.triggerPipeline'], call =>
      triggerPipeline(needs, call),
    ),
    ...method(
      'POST',
      [
        'sh.tangled.ci.cancelPipeline',
        'sh.tangled.ci.pipeline.cancelPipeline',
        'sh.tangled.pipeline.cancelPipeline',
      ],
      call => cancelPipeline(needs, call),
    ),
    ...method('POST', ['sh.tangled.repo.addSecret'], addSecret),
    ...method('POST', ['sh.tangled.repo.removeSecret'], removeSecret),
    ...method('GET', ['sh.tangled.repo.listSecrets'], listSecrets),
    ...['sh.tangled.ci.subscribePipelineLogs', 'sh.tangled.ci.pipeline.subscribeLogs'].map(
      nsid => [`GET /xrpc/${nsid}`, subscribeLogs(needs, nsid)] as const,
    ),
  ]);
}
