import type { Surroundings } from '../../../lib/references.ts';
import type { Behaviour } from '../deviations.ts';
import type { Hook } from '../hook.ts';
import { strictUtf8 } from '../request/utf8.ts';
import { type Node, Refusal } from './node.ts';
import { readHook } from './read-hook.ts';
import type { Path } from './shape.ts';
import type { TemplateWorld } from './template/functions.ts';
import { runTemplate } from './template/template.ts';
import { type Place, readYaml } from './yaml.ts';

export interface UnknownProperty {
  /** Where it stands; its last step is the property as it is written. */
  readonly path: Path;
  readonly place: Place;
  /** What could stand there. */
  readonly known: readonly string[];
}

export interface IgnoredRule {
  readonly path: Path;
  /** The rule in the same object that counts instead. */
  readonly counts: string;
}

export interface ExtraValue {
  readonly path: Path;
  /** A text that stands for another, which the original program takes as it is; or a list, for which it refuses the file. */
  readonly kind: 'reference' | 'list';
}

/** A hooks file that can be used. */
export interface HooksFile {
  readonly hooks: readonly Hook[];
  /** They mean nothing, and do no harm. */
  readonly unknown: readonly UnknownProperty[];
  readonly ignored: readonly IgnoredRule[];
  readonly extras: readonly ExtraValue[];
  /** Where the value at a path stands; what is not there is where its nearest parent is. */
  place(path: Path): Place;
}

export type HooksRead =
  | { readonly result: 'read'; readonly file: HooksFile }
  /** The file is of no use as it is; one sentence says why, and how to mend it. */
  | { readonly result: 'refused'; readonly message: string; readonly place: Place };

/** How a file is read. */
export interface HooksReading {
  readonly behaviour: Behaviour;
  /** What its templates may ask for; null: it is none. Places are then those of the text that comes out. */
  readonly template: TemplateWorld | null;
  /** Where `${env:NAME}` and `${file:PATH}` in secrets are looked up; null: nowhere, each stands for itself. */
  readonly references: Surroundings | null;
}

/** More is no file that people write. */
const longestBytes = 10_000_000;
const start: Place = { line: 1, column: 1 };

/** Reads a hooks file, JSON or YAML. Total: what is wrong with it is the result. */
export function readHooks(reading: HooksReading, bytes: Uint8Array): HooksRead {
  const { behaviour, template } = reading;
  if (bytes.byteLength > longestBytes) return refused('the file is longer than 10 MB', start);
  const text = strictUtf8(bytes);
  if (text === null) return refused('the file is not in UTF-8', start);
  const ran = template === null ? { result: 'text' as const, text } : runTemplate(template, text);
  if (ran.result === 'broken') return refused(`template: ${ran.message}`, ran.place);
  const yaml = readYaml(behaviour, ran.text.replace(/^\ufeff/, ''));
  const notes = createNotes();
  try {
    const hooks = hooksOf(reading, yaml.root(), notes);
    return {
      result: 'read',
      file: {
        hooks,
        unknown: notes.strangers.map(({ at, ...each }) => ({ ...each, place: yaml.place(at) })),
        ignored: notes.ignoredRules,
        extras: notes.extraValues,
        place: path => yaml.place(notes.nearest(path)),
      },
    };
  } catch (error) {
    if (error instanceof Refusal) return refused(error.message, yaml.place(error.at));
    throw error;
  }
}

const refused = (message: string, place: Place): HooksRead => ({ result: 'refused', message, place });

function hooksOf(
  { behaviour, references }: HooksReading,
  root: Node | null,
  notes: ReturnType<typeof createNotes>,
): readonly Hook[] {
  if (root === null || (root.kind === 'scalar' && root.scalar.type === 'null')) return [];
  if (root.kind === 'scalar' || (root.kind === 'map' && !behaviour.has('singleHook')))
    throw new Refusal('a hooks file is a list of hooks: [ {"id": …}, … ]', root.at);
  const nodes = root.kind === 'map' ? [root] : root.items;
  const hooks = nodes.map((node, n) => {
    notes.found([n], node.at);
    return readHook({ behaviour, references, notes }, node, [n]);
  });
  if (behaviour.has('refuseSameId'))
    for (const [n, { id }] of hooks.entries())
      if (hooks.findIndex(each => each.id === id) < n)
        throw new Refusal(`a hook with the id "${id}" is above already`, nodes[n]?.at ?? 0);
  return hooks;
}

function createNotes() {
  const places = new Map<string, number>();
  const strangers: { path: Path; at: number; known: readonly string[] }[] = [];
  const ignoredRules: IgnoredRule[] = [];
  const extraValues: ExtraValue[] = [];
  return {
    strangers,
    ignoredRules,
    extraValues,
    extra: (path: Path, kind: ExtraValue['kind']) => void extraValues.push({ path, kind }),
    ignored: (path: Path, counts: string) => void ignoredRules.push({ path, counts }),
    found: (path: Path, at: number) => void places.set(JSON.stringify(path), at),
    unknown: (path: Path, at: number, known: readonly string[]) => void strangers.push({ path, at, known }),
    nearest(path: Path): number {
      for (let length = path.length; length > 0; length -= 1) {
        const at = places.get(JSON.stringify(path.slice(0, length)));
        if (at !== undefined) return at;
      }
      return 0;
    },
  };
}
