import type { Behaviour } from '../deviations.ts';
import type { Argument } from '../hook.ts';
import { obtain } from '../obtain.ts';
import type { ReadRequest } from '../request/request.ts';
import { label } from '../rule/label.ts';

export type Variable = readonly [name: string, value: string];

/** The variable that an argument's value goes to: the one it names, else its own name behind `HOOK_`. */
export const variableName = ({ envname, name }: Argument): string =>
  envname === '' ? `HOOK_${name}` : envname;

/** A name that every shell can read. */
export const isReadable = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

/**
 * The variables of a hook in their order, of which later ones win; those that are missing are left out. A default name
 * that no shell can read is followed by one that it can, unless the hook itself gives that one a value.
 */
export function environmentOf(
  behaviour: Behaviour,
  wanted: readonly Argument[],
  request: ReadRequest,
): { readonly variables: readonly Variable[]; readonly problems: readonly string[] } {
  const variables: Variable[] = [];
  const problems: string[] = [];
  const aliases = new Map<string, string>();
  for (const argument of wanted) {
    const obtained = obtain(argument, request);
    if (obtained.result !== 'value') {
      problems.push(`environment: ${label(argument)}: ${obtained.reason}`);
      continue;
    }
    // What follows a "=" in a name is the beginning of the value to every process.
    const [name = '', ...rest] = variableName(argument).split('=');
    const text = [...rest, obtained.text.toWellFormed()].join('=');
    variables.push([name, text]);
    if (argument.envname === '' && !isReadable(name)) aliases.set(readable(name), text);
  }
  if (!behaviour.has('readableNames')) return { variables, problems };
  const taken = new Set(variables.map(([name]) => name));
  return { variables: [...variables, ...[...aliases].filter(([name]) => !taken.has(name))], problems };
}

const readable = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_');
