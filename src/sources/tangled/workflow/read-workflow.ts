import { SignalboxError } from '../../../domain/errors.ts';
import type { Workflow, WorkflowStep } from '../../../domain/pipeline.ts';
import { countOf, type Fields, fieldsOf, flagOf, itemsOf, textMapOf, textOf, textsOf } from './fields.ts';
import { providerOf } from './provider.ts';
import { type Reading, readTree, type Tree } from './tree.ts';
import type { WhenEntry } from './when.ts';

/** What counts where a file says nothing of it. */
type CloneDefaults = Pick<Workflow['clone'], 'submodules' | 'tags'>;

/** What Tangled's engines are called. All of them are the one that is here; what it lacks is said in the log. */
const engines = ['', 'local', 'nixery', 'microvm'];

/** Keys of those engines that ask for what is not here. */
const missing: Readonly<Record<string, string>> = {
  dependencies: 'dependencies are not installed: steps find what this machine has',
  image: 'there is no image: steps run on this machine itself',
  registry: 'there is no registry: steps run on this machine itself',
  caches: 'there are no caches: each run starts with an empty HOME',
  services: 'services are not started',
  virtualisation: 'there is no virtual machine: steps run on this machine itself',
};

/**
 * Reads a workflow file; throws `invalid`, with the line where there is one, when it is none. `engine` null: the one that
 * the file names.
 */
export function readWorkflow(
  name: string,
  text: string,
  defaults: CloneDefaults,
  engine: string | null,
  reading: Reading,
): { readonly workflow: Workflow; readonly when: readonly WhenEntry[] } {
  const tree = readTree(text, reading);
  if (tree === null) throw new SignalboxError('invalid', 'it is empty');
  const file = fieldsOf(tree, 'a workflow');
  const named = engine ?? textOf(file('engine'), 'engine');
  const steps = itemsOf(file('steps'), 'steps').map(readStep);
  const { provider, problem } = providerOf(file);
  const clone = readClone(file, defaults);
  const isHere = provider === null && problem === null;
  return {
    workflow: {
      name,
      engine: named,
      raw: text,
      clone: clone.options,
      env: textMapOf(file('environment'), 'environment'),
      steps: steps.map(({ step }) => step),
      provider,
      problem: isHere ? problemOf(named, steps) : problem,
      notices: [...clone.notices, ...(isHere ? noticesOf(file) : [])],
    },
    when: itemsOf(file('when'), 'when').map(readEntry),
  };
}

function readEntry(tree: Tree): WhenEntry {
  const fields = fieldsOf(tree, 'an entry of when');
  const list = (key: string): readonly string[] => textsOf(fields(key), `when.${key}`);
  const paths = list('paths');
  return {
    event: list('event'),
    branch: list('branch'),
    tag: list('tag'),
    paths: paths.length === 0 ? null : paths,
  };
}

interface ReadStep {
  readonly step: WorkflowStep;
  readonly hasCommand: boolean;
}

function readStep(tree: Tree, index: number): ReadStep {
  const fields = fieldsOf(tree, 'a step');
  const command = fields('command');
  const step = {
    name: textOf(fields('name'), 'the name of a step') || `step ${index + 1}`,
    command: textOf(command, 'the command of a step'),
    env: textMapOf(fields('environment'), 'the environment of a step'),
  };
  return { step, hasCommand: command !== null };
}

function problemOf(engine: string, steps: readonly ReadStep[]): string | null {
  if (!engines.includes(engine)) return `unknown engine "${engine}"`;
  const empty = steps.find(({ hasCommand }) => !hasCommand);
  return empty === undefined ? null : `the step "${empty.step.name}" has no command`;
}

const noticesOf = (file: Fields): readonly string[] =>
  Object.entries(missing).flatMap(([key, notice]) => (file(key) === null ? [] : [notice]));

function readClone(
  file: Fields,
  defaults: CloneDefaults,
): { readonly options: Workflow['clone']; readonly notices: readonly string[] } {
  const fields = fieldsOf(file('clone'), 'clone');
  const skip = flagOf(fields('skip'), 'clone.skip') ?? false;
  const depth = countOf(fields('depth'), 'clone.depth') ?? 0;
  const submodules = flagOf(fields('submodules'), 'clone.submodules');
  const tags = flagOf(fields('tags'), 'clone.tags');
  const idle = [...(depth > 0 ? ['depth'] : []), ...(submodules === true ? ['submodules'] : [])];
  return {
    options: {
      skip,
      depth: Math.max(1, depth),
      submodules: submodules ?? defaults.submodules,
      tags: tags ?? defaults.tags,
    },
    notices:
      skip && idle.length > 0
        ? [`clone.skip leaves nothing to clone; without effect: clone.${idle.join(', clone.')}`]
        : [],
  };
}
