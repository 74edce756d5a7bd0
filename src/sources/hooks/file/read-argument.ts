import { cut } from '../../../domain/shown.ts';
import type { Argument } from '../hook.ts';
import { sources } from '../obtain.ts';
import { type Node, Refusal } from './node.ts';
import { demanding, type Notes, otherName, type Path, readProperties } from './shape.ts';

const properties = ['source', 'name', 'envname', 'base64decode'];

/** Where a value comes from. Throws a `Refusal`. */
export function readArgument(notes: Notes, node: Node, path: Path): Argument {
  const found = readProperties(notes, node, path, properties);
  return {
    source: found.text('source'),
    name: found.text('name'),
    envname: found.text('envname'),
    base64decode: found.flag('base64decode'),
  };
}

/** The same in what the original program does not know: with a source that exists, and nothing that has no effect. */
export function readKnownArgument(
  notes: Notes,
  node: Node,
  path: Path,
  allowed: readonly 'base64decode'[],
): Argument {
  const found = readProperties(demanding(notes), node, path, ['source', 'name', ...allowed]);
  const source = found.text('source');
  if (source === '') throw new Refusal(`no "source" is named: write one of ${sources.join(', ')}`, node.at);
  if (!sources.includes(source))
    throw new Refusal(`there is no source "${cut(source)}"; ${otherName(source, sources)}`, node.at);
  return { source, name: found.text('name'), envname: '', base64decode: found.flag('base64decode') };
}
