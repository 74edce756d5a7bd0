import type { Match, Rule } from '../hook.ts';
import { canonicalName } from '../request/headers.ts';

/** Where one match hides what it looks at, so do all of the rule that look at the same: else they would tell it. */
export function hideSecrets(rule: Rule): Rule {
  const hidden = new Set(matchesIn(rule).flatMap(match => (match.hidden ? [lookedAt(match)] : [])));
  const hide = (rule: Rule): Rule => {
    switch (rule.kind) {
      case 'and':
      case 'or':
        return { kind: rule.kind, of: rule.of.map(hide) };
      case 'not':
        return { kind: 'not', of: hide(rule.of) };
      case 'match':
        return { kind: 'match', match: { ...rule.match, hidden: hidden.has(lookedAt(rule.match)) } };
      case 'empty':
        return rule;
    }
  };
  return hide(rule);
}

function matchesIn(rule: Rule): readonly Match[] {
  switch (rule.kind) {
    case 'and':
    case 'or':
      return rule.of.flatMap(matchesIn);
    case 'not':
      return matchesIn(rule.of);
    case 'match':
      return [rule.match];
    case 'empty':
      return [];
  }
}

function lookedAt({ parameter: { source, name } }: Match): string {
  if (source === 'header') return `header ${canonicalName(name)}`;
  return `${source === 'url' ? 'query' : source} ${name}`;
}
