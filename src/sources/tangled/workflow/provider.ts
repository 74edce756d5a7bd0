import type { Workflow } from '../../../domain/pipeline.ts';
import type { Fields } from './fields.ts';
import { jsonOf, type Tree } from './tree.ts';

/** Ours goes before that of the other program. */
const blocks = ['signalbox', 'tack'];

type Chosen = Pick<Workflow, 'provider' | 'problem'>;

/**
 * The CI service that a workflow asks for: `signalbox: { buildkite: { pipeline: web } }`, or the same below `tack:`, or
 * only its name where that says enough. Neither provider nor problem: it asks for none.
 */
export function providerOf(file: Fields): Chosen {
  for (const block of blocks) {
    const tree = file(block);
    if (tree !== null) return read(block, tree);
  }
  return { provider: null, problem: null };
}

function read(block: string, tree: Tree): Chosen {
  if (tree.kind === 'scalar' && typeof tree.value === 'string' && tree.text !== '')
    return { provider: { name: tree.text, settings: null }, problem: null };
  const names = tree.kind === 'map' ? [...tree.entries] : [];
  const [only, ...others] = names;
  if (only === undefined)
    return unclear(`${block} names no provider: write "${block}: { buildkite: { pipeline: … } }"`);
  if (others.length > 0) {
    const all = names.map(([name]) => name).join(', ');
    return unclear(`${block} names several providers (${all}): a workflow runs at one`);
  }
  const [name, settings] = only;
  return { provider: { name, settings: jsonOf(settings) }, problem: null };
}

const unclear = (problem: string): Chosen => ({ provider: null, problem });
