import type { Hook } from './hook.ts';

/** An id with parameters, segment by segment. */
export type PathPattern = readonly ({ readonly text: string } | { readonly parameter: string })[];

/** The pattern that an id is: one of its segments at least is `{name}`. Null: it is plain text. */
export function patternOfId(id: string): PathPattern | null {
  const segments = id.split('/').map(text => {
    const parameter = /^\{([A-Za-z_][\w-]*)\}$/.exec(text)?.[1];
    return parameter === undefined ? { text } : { parameter };
  });
  return segments.every(segment => 'text' in segment) ? null : segments;
}

/** The names of a hook's parameters. */
export const parameterNames = ({ pattern }: Pick<Hook, 'pattern'>): readonly string[] =>
  (pattern ?? []).flatMap(segment => ('parameter' in segment ? [segment.parameter] : []));

/** The values that the id of a request gives them; null when the hook does not answer for that id. */
export function parametersIn(
  { id, pattern }: Pick<Hook, 'id' | 'pattern'>,
  asked: string,
): ReadonlyMap<string, string> | null {
  if (pattern === null) return id === asked ? new Map() : null;
  const segments = asked.split('/');
  if (segments.length !== pattern.length) return null;
  const values = new Map<string, string>();
  for (const [n, part] of pattern.entries()) {
    const segment = segments[n] ?? '';
    if ('text' in part ? part.text !== segment : segment === '') return null;
    if ('parameter' in part) values.set(part.parameter, segment);
  }
  return values;
}
