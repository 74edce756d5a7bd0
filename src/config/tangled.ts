import type { TangledConfig } from './config.ts';
import { type Finding, finding } from './problem.ts';
import type { WrittenConfig } from './schema.ts';
import type { WrittenTangled } from './schema-tangled.ts';

export const usualJetstream = 'wss://jetstream1.us-west.bsky.network/subscribe';

/** A workflow takes no other one's place. */
const group = '{repo}/{branch}/{workflow}';

/** The section as the program uses it. */
export function compileTangled(written: WrittenTangled): TangledConfig {
  const {
    jetstream = written.dev ? '' : usualJetstream,
    reconcile,
    timeout,
    secretKey = null,
    concurrency,
    ...rest
  } = written;
  return {
    ...rest,
    jetstream: jetstream === '' ? null : jetstream,
    trustsKnots: false,
    elsewhere: null,
    reconcileMs: reconcile,
    timeoutMs: timeout,
    secretKey,
    concurrency: concurrency ? { ...concurrency, group } : null,
  };
}

/** The rule that answers to pipelines is called so. */
const ruleName = 'tangled';

/** What is wrong with the section beyond its single values. */
export function checkTangled({ sources, rules }: WrittenConfig): readonly Finding[] {
  const clash = rules.findIndex(({ name }) => name === ruleName);
  return sources.tangled === null || clash < 0
    ? []
    : [finding(['rules', clash, 'name'], '`sources.tangled` brings a rule of this name: choose another one')];
}
