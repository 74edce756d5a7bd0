import type { Argument } from '../hook.ts';
import type { Node } from './node.ts';
import { type Notes, type Path, readProperties } from './shape.ts';

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
