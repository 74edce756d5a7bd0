import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';

/**
 * The value of a YAML document in which a tag such as `!Branch "main"` stands for a map with one key, and one without a
 * value, such as `!DefaultBranch`, for its name. Throws what the parser says of the first mistake.
 */
export function readTaggedYaml(text: string): unknown {
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return valueOf(document.contents);
}

function valueOf(node: Node | null | undefined): unknown {
  if (node === null || node === undefined) return null;
  const tag = /^!([A-Za-z]\w*)$/.exec(node.tag ?? '')?.[1];
  const value = plainOf(node);
  if (tag === undefined) return value;
  return value === null || value === '' ? tag : { [tag]: value };
}

function plainOf(node: Node): unknown {
  if (isAlias(node)) throw new Error('aliases are not read here: write it out');
  if (isScalar(node)) return node.value;
  if (isSeq<Node>(node)) return node.items.map(valueOf);
  if (isMap<Node, Node>(node))
    return Object.fromEntries(
      node.items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), valueOf(value)]),
    );
  return null;
}
