import type { Condition } from '../../domain/condition.ts';

/** A condition in words, as the list of rules shows it: `branch main or release/*`. */
export function inWords(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 0 ? 'always' : condition.of.map(nested).join(' and ');
    case 'any':
      return condition.of.length === 0 ? 'never' : condition.of.map(nested).join(' or ');
    case 'not':
      return `not ${nested(condition.of)}`;
    case 'type':
      return `event ${list(condition.oneOf)}`;
    case 'action':
      return `${condition.type === null ? '' : `${condition.type} `}action ${list(condition.oneOf)}`;
    case 'repo':
      return `repository ${globs(condition.patterns)}`;
    case 'listener':
      return `repository whose name begins or ends ${condition.name}`;
    case 'branch':
      return `branch ${globs(condition.patterns)}`;
    case 'paths':
      return `changed path ${globs(condition.patterns)}`;
    case 'expression':
      return condition.source;
    case 'commit':
      return 'a commit to check out';
    case 'call':
      return 'a call of it';
    case 'workflows':
      return 'a workflow that answers';
    case 'interpreter':
      return `executor ${list(condition.oneOf)}`;
  }
}

function nested(condition: Condition): string {
  const isGroup = (condition.kind === 'all' || condition.kind === 'any') && condition.of.length > 1;
  return isGroup ? `(${inWords(condition)})` : inWords(condition);
}

const list = (items: readonly string[]): string => items.join(' or ');

/** Patterns that begin with `!` take away from the others: `src/* but not docs/*`. */
function globs(patterns: readonly string[]): string {
  const without = patterns.flatMap(pattern => (pattern.startsWith('!') ? [pattern.slice(1)] : []));
  const these = patterns.filter(pattern => !pattern.startsWith('!'));
  const those = without.length === 0 ? [] : [`not ${list(without)}`];
  return [...(these.length === 0 ? [] : [list(these)]), ...those].join(' but ');
}
