import { type Document, isNode, isScalar, type Pair, visit, type YAMLError } from 'yaml';

/** How often anchors may be repeated in all: a few lines of aliases can stand for gigabytes. */
export const mostAliases: number = 100;
/** One broken line often breaks those after it as well. */
const mostSyntaxErrors = 3;

export interface Mistake {
  readonly message: string;
  /** Characters from the beginning of the file. */
  readonly at: number;
}

/** The first mistakes that make a document no YAML, or none of ours; none when it can be read. */
export function mistakesIn(document: Document): readonly Mistake[] {
  const found = [...document.errors, ...document.warnings].map(error => ({
    message: syntaxMessage(error),
    at: error.pos[0],
  }));
  return (
    [...found, ...moreMistakes(document)]
      .sort((a, b) => a.at - b.at)
      // One slip is often reported several times.
      .filter(({ at }, n, all) => all[n - 1]?.at !== at)
      .slice(0, mostSyntaxErrors)
  );
}

/** What the YAML parser lets pass, or would take a quadratic time to find. */
function moreMistakes(document: Document): readonly Mistake[] {
  const found: Mistake[] = [];
  let aliases = 0;
  visit(document, {
    Alias: (_, node) => {
      const at = node.range?.[0] ?? 0;
      aliases += 1;
      if (aliases > mostAliases) {
        found.push({ message: tooManyAliases, at });
        return visit.BREAK;
      }
      // `*.md` is not a pattern to YAML but the name of an anchor.
      if (node.resolve(document) === undefined)
        found.push({ message: 'a value that begins with * needs quotes', at });
      return undefined;
    },
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const pair of items) {
        const key = keyOf(pair);
        if (seen.has(key))
          found.push({
            message: 'this key is here twice',
            at: isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0,
          });
        seen.add(key);
      }
    },
  });
  return found;
}

/** A key as text. */
export const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key));

export const nestedTooDeeply = 'nested too deeply';
export const tooManyAliases: string = `anchors are repeated more than ${mostAliases} times`;
/** The mistakes that people make, in their words. */
const knownMistakes: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'a tab cannot indent: use spaces',
  MULTIPLE_DOCS: 'a second document begins here: a configuration is one document',
  BLOCK_AS_IMPLICIT_KEY: 'there is a second ": " in this line: put the value in quotes',
  RESOURCE_EXHAUSTION: nestedTooDeeply,
  TAG_RESOLVE_FAILED: 'a value that begins with ! needs quotes',
};

const syntaxMessage = ({ code, message }: YAMLError): string =>
  knownMistakes[code] ?? `cannot be read as YAML: ${message}`;
