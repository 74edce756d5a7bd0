import { cut } from '../../../domain/shown.ts';
import type { Argument, Match, Rule } from '../hook.ts';
import { providers } from './provider/providers.ts';

/** An argument in a sentence: `payload "ref"`, `header "X-Token"`, `the raw body`. */
export function label({ source, name }: Argument): string {
  switch (source) {
    case 'raw-request-body':
      return 'the raw body';
    case 'entire-payload':
    case 'entire-headers':
    case 'entire-query':
      return `the ${source.replace('-', ' ')}`;
    case 'string':
      return `the text ${quote(name)}`;
    case 'request':
      return `the request's ${cut(name)}`;
    case '':
      return `${quote(name)} of no source`;
    default:
      return `${cut(source)} ${quote(name)}`;
  }
}

const secretName = /token|secret|passw|signature|auth|credential|cookie|key$/i;

/** Whether what bears this name is a secret, as far as one can tell. */
export const isSecretName = (name: string): boolean => secretName.test(name);

/** Whether the value of an argument is one that must not be shown, nor what it is compared with. */
export const isSecret = ({ source, name }: Argument): boolean =>
  source === 'entire-headers' || isSecretName(name);

/** Whether nothing of a match must be shown: neither the value nor what it is compared with. */
export const isHidden = ({ parameter, hidden }: Match): boolean => hidden || isSecret(parameter);

/** A pattern in a sentence; what secrets are compared with is not told. */
export const patternText = (match: Match): string =>
  isHidden(match) ? 'the pattern that is wanted' : cut(match.regex);

/** A rule in a few words, for what was not looked at. */
export function inShort(rule: Rule): string {
  switch (rule.kind) {
    case 'and':
      return `all of ${rule.of.length} rules`;
    case 'or':
      return `one of ${rule.of.length} rules`;
    case 'not':
      return `not ${inShort(rule.of)}`;
    case 'empty':
      return 'an empty rule';
    case 'match':
      return matchInShort(rule.match);
  }
}

function matchInShort(match: Match): string {
  const { type, parameter, ipRange } = match;
  const provider = providers.get(type);
  if (provider !== undefined) return `the proof that ${provider.name} sent it`;
  switch (type) {
    case 'ip-whitelist':
      return `the sender's address in ${cut(ipRange)}`;
    case 'scalr-signature':
      return 'the signature of Scalr';
    case 'regex':
      return `${label(parameter)} matches ${patternText(match)}`;
    default:
      return `${type === '' ? 'a match without type' : cut(type)} of ${label(parameter)}`;
  }
}

export const quote = (text: string): string => JSON.stringify(cut(text));
