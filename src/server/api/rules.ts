import { z } from 'zod';
import { median, ownDuration } from '../../domain/durations.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { dryRun, startByHand } from '../../engine/replay.ts';
import { decisionJson, decisionSchema, trialJson } from '../json/decision.ts';
import { paged, wholeList } from '../json/paged.ts';
import { ruleJson, ruleSchema } from '../json/rule.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { findEventId } from './find.ts';
import { byName, noBody, none } from './input.ts';

/** Older ones say less about how long the next will take. */
const latestRuns = 50;

export const listRules: Endpoint = endpoint({
  id: 'listRules',
  summary: 'The rules in force',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: paged(ruleSchema),
  handle: async ({ rules }) => wholeList(rules().map(ruleJson)),
});

export const showRuleText: Endpoint = endpoint({
  id: 'showRuleText',
  summary: 'A rule as the configuration file says it, in YAML, to be changed and tried',
  params: byName,
  query: none,
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: z.object({
    yaml: z.string().nullable().describe('null of a rule that a source brings: it stands in no file'),
  }),
  handle: async ({ rules, ruleText }, { params }) => {
    const yaml = ruleText(params.name);
    if (yaml === null && rules().every(({ name }) => name !== params.name))
      throw new SignalboxError('not_found', `there is no rule "${params.name}"`);
    return { yaml };
  },
});

export const showRuleDurations: Endpoint = endpoint({
  id: 'showRuleDurations',
  summary: 'How long the latest runs of a rule took that came to an end of their own',
  params: byName,
  query: none,
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: z.object({
    medianMs: z.number().nullable(),
    runs: z.int().describe('of how many this is the median'),
  }),
  handle: async ({ store, rules }, { params }) => {
    const page = { limit: latestRuns, after: null };
    const { items } = await store.runs({ state: 'finished', rule: params.name, event: null }, page);
    // Rules that are gone still have their runs.
    if (items.length === 0 && rules().every(({ name }) => name !== params.name))
      throw new SignalboxError('not_found', `there is no rule "${params.name}", and none of its runs`);
    const durations = items.flatMap(({ status }) => ownDuration(status) ?? []);
    return { medianMs: median(durations), runs: durations.length };
  },
});

export const testRules: Endpoint = endpoint({
  id: 'testRules',
  summary:
    'What rules would answer to a stored event: those in force, or those given as YAML. Stores nothing, runs nothing',
  params: none,
  query: none,
  body: z.strictObject({ event: z.string(), rules: z.string().optional() }),
  errors: ['not_found'],
  status: 200,
  answer: decisionSchema,
  handle: async (needs, { body }) => {
    const rules = body.rules === undefined ? needs.rules() : needs.parseRules(body.rules);
    return trialJson(await dryRun(needs, await findEventId(needs.store, body.event), rules));
  },
});

export const startRule: Endpoint = endpoint({
  id: 'startRule',
  summary: 'Starts one rule by hand, on a repository (its name or clone URL) and ref, or on the rule’s own',
  params: byName,
  query: none,
  body: z.strictObject({ repo: z.string().min(1).nullish(), ref: z.string().min(1).nullish() }).nullish(),
  errors: ['not_found', 'overloaded'],
  status: 200,
  answer: decisionSchema,
  handle: async (needs, { params, body, caller }) => {
    const { repo = null, ref = null } = body ?? {};
    return decisionJson(await startByHand(needs, { rule: params.name, repo, ref, by: caller.name }));
  },
});
