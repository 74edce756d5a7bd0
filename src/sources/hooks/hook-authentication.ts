import type { Authentication } from '../../domain/delivery.ts';
import type { Decision } from './decide.ts';
import type { Match, Rule } from './hook.ts';
import { isSecret } from './rule/label.ts';
import { signatureTypes } from './rule/match.ts';
import { providers } from './rule/provider/providers.ts';

/** How the sender of a request has proved who it is, as far as the hook's rule asked for that and was content. */
export function hookAuthentication(decision: Decision): Authentication {
  if (decision.result !== 'run')
    return { result: 'not required', reason: 'the rule of the hook asks for what it wants: see its verdict' };
  const { rule } = decision.hook;
  const by = rule === null ? [] : proofsOf(rule);
  return by.length === 0
    ? { result: 'not required', reason: "the hook's rule asks for no signature and no token" }
    : { result: 'verified', by: by.join(', '), secret: 'of the hook' };
}

/** What a rule that held has compared that only those can send who know a secret. What stands under a "not" proves nothing. */
function proofsOf(rule: Rule): readonly string[] {
  switch (rule.kind) {
    case 'and':
      return rule.of.flatMap(proofsOf);
    case 'or': {
      // Any of them may have been the one that held.
      const proofs = rule.of.map(proofsOf);
      return proofs.every(each => each.length > 0) ? proofs.flat() : [];
    }
    case 'match':
      return isProof(rule.match) ? [rule.match.parameter.name || rule.match.type] : [];
    case 'not':
    case 'empty':
      return [];
  }
}

const isProof = ({ type, parameter, hidden }: Match): boolean =>
  signatureTypes.has(type) ||
  providers.has(type) ||
  type === 'scalr-signature' ||
  (type === 'value' && (hidden || isSecret(parameter)));
