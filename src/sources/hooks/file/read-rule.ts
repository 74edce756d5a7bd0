import type { Rule } from '../hook.ts';
import type { HookReading } from './hook-reading.ts';
import type { Node } from './node.ts';
import { readMatch } from './read-match.ts';
import { type Path, readProperties } from './shape.ts';

const ruleProperties = ['and', 'or', 'not', 'match'];

/** Every part is read, so that mistakes show; the first of `and`, `or`, `not`, `match` is the one that counts. Throws a `Refusal`. */
export function readRule(reading: HookReading, node: Node, path: Path): Rule {
  const properties = readProperties(reading.notes, node, path, ruleProperties);
  const rules = (name: 'and' | 'or'): Rule | null => {
    const of = properties.list(name, (item, at) => readRule(reading, item, at));
    return properties.has(name) ? { kind: name, of } : null;
  };
  const and = rules('and');
  const or = rules('or');
  const not = properties.nested(
    'not',
    (rule, at): Rule => ({ kind: 'not', of: readRule(reading, rule, at) }),
  );
  const match = properties.nested(
    'match',
    (rule, at): Rule => ({ kind: 'match', match: readMatch(reading, rule, at) }),
  );
  const [counts, ...others] = ruleProperties.filter(name => properties.has(name));
  for (const other of others) reading.notes.ignored([...path, other], counts ?? '');
  return and ?? or ?? not ?? match ?? { kind: 'empty' };
}
