import { cut, masked } from '../../../domain/shown.ts';
import { nearest } from '../../../lib/nearest.ts';
import { type Behaviour, ours } from '../deviations.ts';
import type { Path } from '../file/shape.ts';
import type { Hook, Match, Rule } from '../hook.ts';
import { rangeWords, readRange } from '../rule/address-range.ts';
import { isSecret, label } from '../rule/label.ts';
import { matchTypes, signatureTypes } from '../rule/match.ts';
import { readPattern } from '../rule/pattern.ts';
import { providers } from '../rule/provider/providers.ts';
import { checkSource } from './check-arguments.ts';
import { error, type Finding, warning } from './finding.ts';

export interface RuleChecking {
  readonly behaviour: Behaviour;
  /** Whether secrets may come from outside the file. */
  readonly isTemplate: boolean;
  /** Whose rule it is. */
  readonly hook: Pick<Hook, 'pattern'>;
}

/** What bites in a rule. `denied`: an odd number of "not" stands around it. */
export function checkRule(
  checking: RuleChecking,
  rule: Rule,
  path: Path,
  denied = false,
): readonly Finding[] {
  switch (rule.kind) {
    case 'and':
    case 'or':
      return [
        ...(rule.kind === 'or' && rule.of.length === 0
          ? [warning(path, 'an empty "or" never holds, so the hook never runs')]
          : []),
        ...rule.of.flatMap((each, n) => checkRule(checking, each, [...path, rule.kind, n], denied)),
      ];
    case 'not':
      return checkRule(checking, rule.of, [...path, 'not'], !denied);
    case 'empty':
      return [
        warning(
          path,
          'an empty rule never holds: write "and", "or", "not" or "match", or leave the rule out',
        ),
      ];
    case 'match':
      return [
        ...checkMatch(checking, rule.match, [...path, 'match'], denied),
        ...checkProxies(rule.match, [...path, 'match', 'trusted-proxies']),
      ];
  }
}

function checkMatch(checking: RuleChecking, match: Match, path: Path, denied: boolean): readonly Finding[] {
  const { type, parameter } = match;
  if (type === 'ip-whitelist') return checkRanges(checking.behaviour, match.ipRange, [...path, 'ip-range']);
  if (providers.has(type)) return checkProvider(type, path, denied);
  if (type === 'scalr-signature') return checkSecret(match, path);
  if (!matchTypes.includes(type)) return [unknownType(type, path)];
  return [
    ...(parameter.source === '' && parameter.name === ''
      ? [error(path, 'the match has no "parameter", so every request is answered 500: name what is compared')]
      : checkSource(parameter, [...path, 'parameter'], checking.hook)),
    ...(type === 'regex' ? checkPattern(match.regex, [...path, 'regex']) : []),
    ...(type === 'value' ? checkValue(checking, match, [...path, 'value']) : []),
    ...(signatureTypes.has(type) ? [...checkSecret(match, path), ...oldName(type, path)] : []),
    ...(denied ? checkDenied(checking.behaviour, match, path) : []),
  ];
}

function checkProvider(type: string, path: Path, denied: boolean): readonly Finding[] {
  return [
    warning(
      [...path, 'type'],
      `the original program knows no match of type "${type}": there, every request is answered 500, and nothing runs`,
    ),
    ...(denied
      ? [
          error(
            path,
            'under "not" it never holds: who proves nothing is refused, and who proves it is not wanted',
          ),
        ]
      : []),
  ];
}

function unknownType(type: string, path: Path): Finding {
  if (type === '')
    return error(path, `the match has no "type", so it never holds: write one of ${matchTypes.join(', ')}`);
  const meant = nearest(type.trim(), matchTypes);
  const mend = meant === null ? `write one of ${matchTypes.join(', ')}` : `did you mean "${meant}"?`;
  return error([...path, 'type'], `there is no match of type "${cut(type)}", so it never holds; ${mend}`);
}

function oldName(type: string, path: Path): readonly Finding[] {
  return type.startsWith('payload-hash-')
    ? [warning([...path, 'type'], `"${type}" is an old name: write ${type.replace('hash', 'hmac')}`)]
    : [];
}

function checkPattern(regex: string, path: Path): readonly Finding[] {
  const pattern = readPattern(regex);
  return pattern.result === 'broken'
    ? [
        error(
          path,
          `the pattern cannot be read (${cut(pattern.reason)}): it is RE2, without look-around and back references`,
        ),
      ]
    : [];
}

function checkSecret({ secrets }: Match, path: Path): readonly Finding[] {
  return secrets.includes('')
    ? [
        error(
          [...path, 'secret'],
          'the secret is empty, so every request is answered 500: write one, or check what the template puts here',
        ),
      ]
    : [];
}

/** Long words without blanks that mix letters and digits are rarely meant to be read. */
const looksRandom = /^(?=\S*\d)(?=\S*[a-z])[\w+/=.-]{20,}$/i;

function checkValue(
  { isTemplate }: RuleChecking,
  { parameter, values, hidden }: Match,
  path: Path,
): readonly Finding[] {
  if (isTemplate || hidden) return [];
  const isShown = (value: string) =>
    value !== '' &&
    (isSecret(parameter) ||
      masked(value) !== value ||
      (looksRandom.test(value) && parameter.source === 'header'));
  return values.some(isShown)
    ? [
        warning(
          path,
          `the secret for ${label(parameter)} stands in the file: write \${env:NAME}, or, so that the original program reads it too, make the file a template with {{ getenv "NAME" | js }}`,
        ),
      ]
    : [];
}

/** Something that a sender may leave away, under a "not", lets everybody in who does. */
function checkDenied(behaviour: Behaviour, { parameter }: Match, path: Path): readonly Finding[] {
  if (behaviour.has('refuseMissingInNot')) return [];
  if (!['payload', 'header', 'url', 'query'].includes(parameter.source)) return [];
  return [
    warning(
      path,
      `where ${label(parameter)} is missing, "not" holds and the hook runs: add a match that demands it`,
    ),
  ];
}

/** Whoever is trusted may pretend to be anybody. */
function checkProxies({ type, trustedProxies }: Match, path: Path): readonly Finding[] {
  if (trustedProxies.length > 0 && type !== 'ip-whitelist')
    return [warning(path, 'it has no effect here: only a match of type "ip-whitelist" looks at addresses')];
  return trustedProxies.flatMap((word, n) =>
    readRange(ours, word)?.prefixBits === 0
      ? [
          error(
            [...path, n],
            `${word} is everybody, and whoever is trusted may pretend to be anybody: name the proxies alone`,
          ),
        ]
      : [],
  );
}

function checkRanges(behaviour: Behaviour, ranges: string, path: Path): readonly Finding[] {
  const words = rangeWords(ranges);
  if (words.length === 0)
    return [warning(path, 'the list of address ranges is empty, so the match never holds')];
  return words.flatMap(word => {
    if (readRange(behaviour, word) === null) {
      const mend = word.includes(',')
        ? 'put blanks, not commas, between ranges'
        : 'write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32';
      return [error(path, `"${cut(word)}" is no address range: ${mend}`)];
    }
    return word.includes(':') && !word.includes('/')
      ? [warning(path, `"${word}" means its whole /32 to the original program: write ${word}/128`)]
      : [];
  });
}
