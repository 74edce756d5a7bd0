import { z } from 'zod';

/** A function of a module's main object. */
export interface DaggerFunction {
  /** As the code has it, in lower camel case. */
  readonly name: string;
  readonly args: readonly DaggerArgument[];
}

export interface DaggerArgument {
  readonly name: string;
  readonly isList: boolean;
  /** The words of its default value, which commas part; null without one. */
  readonly words: readonly string[] | null;
}

/**
 * Asks for what no listing of the command line tells: the default values. Modules describe themselves like this since
 * Dagger 0.12.
 */
export const functionsQuery = `query Functions($module: String!) {
  moduleSource(refString: $module) {
    asModule {
      name
      objects {
        asObject {
          name
          functions { name args { name defaultValue typeDef { kind } } }
        }
      }
    }
  }
}
`;

const answer = z.object({
  moduleSource: z.object({
    asModule: z.object({
      name: z.string(),
      objects: z
        .array(
          z.object({
            asObject: z
              .object({
                name: z.string(),
                functions: z
                  .array(
                    z.object({
                      name: z.string(),
                      args: z
                        .array(
                          z.object({
                            name: z.string(),
                            defaultValue: z.unknown(),
                            typeDef: z.object({ kind: z.string() }).nullish(),
                          }),
                        )
                        .nullish(),
                    }),
                  )
                  .nullish(),
              })
              .nullish(),
          }),
        )
        .nullish(),
    }),
  }),
});

/** The functions in the answer to the query; null when it is no such answer. Never throws. */
export function readFunctions(text: string): readonly DaggerFunction[] | null {
  const parsed = answer.safeParse(jsonOf(text));
  if (!parsed.success) return null;
  const { name, objects } = parsed.data.moduleSource.asModule;
  const main = (objects ?? []).find(({ asObject }) => asObject && bare(asObject.name) === bare(name));
  return (main?.asObject?.functions ?? [])
    .filter(({ name }) => isPlain.test(name))
    .map(({ name, args }) => ({
      name,
      args: (args ?? []).map(arg => ({
        name: arg.name,
        isList: arg.typeDef?.kind === 'LIST_KIND',
        words: wordsOf(arg.defaultValue),
      })),
    }));
}

/** What else a module may call its functions, no command line would take for one. */
const isPlain = /^[A-Za-z]\w*$/;

/** A module called `my-ci` has the main object `MyCi`. */
const bare = (name: string): string => name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();

/** A default is JSON within the JSON: `"a,b"`, or a list of such. */
function wordsOf(value: unknown): readonly string[] | null {
  const inner = typeof value === 'string' ? (jsonOf(value) ?? value) : value;
  const texts = [inner].flat().filter(text => typeof text === 'string');
  const words = texts.flatMap(text => text.split(',').map(word => word.trim())).filter(word => word !== '');
  return words.length === 0 ? null : words;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
