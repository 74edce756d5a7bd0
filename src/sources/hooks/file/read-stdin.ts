import type { Argument } from '../hook.ts';
import { type Node, Refusal } from './node.ts';
import { readKnownArgument } from './read-argument.ts';
import type { Notes, Path } from './shape.ts';

/** What a command reads from its standard input: a list, as where values are handed over otherwise, of one. */
export function readStdin(notes: Notes, node: Node, path: Path): Argument {
  const [only, ...others] = node.kind === 'list' ? node.items : [];
  if (only === undefined || others.length > 0)
    throw new Refusal('it takes a list of one: [{"source": "raw-request-body"}]', node.at);
  const at = [...path, 0];
  notes.found(at, only.at);
  return readKnownArgument(notes, only, at, ['base64decode']);
}
