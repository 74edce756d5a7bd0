import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';

/**
 * The value of a YAML document in which a tag such as `!Branch "main"` stands for a map with one key, and one without a
 * value, such as `!DefaultBranch`, for its name. Throws what the parser says of the first mistake.
 */
export function readTaggedYaml(text: string): unknown {
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return valueOf(document.contents, document, { left: mostNodes });
}

/** Files of people have hundreds. Aliases can make a short file endless. */
const mostNodes = 100_000;

interface Budget {
  left: number;
}

function valueOf(node: Node | null | undefined, document: Document, budget: Budget): unknown {
  if (node === null || node === undefined) return null;
  budget.left -= 1;
  if (budget.left < 0) throw new Error('its aliases make it too large');
  if (isAlias(node)) return valueOf(node.resolve(document), document, budget);
  const tag = /^!([A-Za-z]\w*)$/.exec(node.tag ?? '')?.[1];
  const value = plainOf(node, document, budget);
  if (tag === undefined) return value;
  return value === null || value === '' ? tag : { [tag]: value };
}

function plainOf(node: Node, document: Document, budget: Budget): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq<Node>(node)) return node.items.map(item => valueOf(item, document, budget));
  if (isMap<Node, Node>(node))
    return Object.fromEntries(
      node.items.map(({ key, value }) => [
        String(isScalar(key) ? key.value : key),
        valueOf(value, document, budget),
      ]),
    );
  return null;
}
