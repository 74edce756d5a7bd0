import { z } from 'zod';
import { dryRun, startByHand } from '../../engine/replay.ts';
import { decisionJson, decisionSchema, trialJson } from '../json/decision.ts';
import { paged, wholeList } from '../json/paged.ts';
import { ruleJson, ruleSchema } from '../json/rule.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { findEventId } from './find.ts';
import { byName, noBody, none } from './input.ts';

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
