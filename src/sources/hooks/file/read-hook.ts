import { cut } from '../../../domain/shown.ts';
import type { Behaviour } from '../deviations.ts';
import type { Argument, Hook, Match, ResponseHeader, Rule } from '../hook.ts';
import { type Node, Refusal } from './node.ts';
import { readArgument } from './read-argument.ts';
import { readRun } from './read-run.ts';
import { scalarText } from './scalar.ts';
import { type Notes, type Path, readProperties } from './shape.ts';

const headerProperties = ['name', 'value'];
const matchProperties = ['type', 'regex', 'secret', 'value', 'parameter', 'ip-range'];
const ruleProperties = ['and', 'or', 'not', 'match'];
const hookProperties = [
  'id',
  'execute-command',
  'command-working-directory',
  'response-message',
  'response-headers',
  'success-http-response-code',
  'incoming-payload-content-type',
  'http-methods',
  'include-command-output-in-response',
  'include-command-output-in-response-on-error',
  'parse-parameters-as-json',
  'pass-arguments-to-command',
  'pass-environment-to-command',
  'pass-file-to-command',
  'trigger-rule',
  'trigger-rule-mismatch-http-response-code',
  'trigger-signature-soft-failures',
];
/** What the original program does not know. */
const extraProperties = ['run'];

export interface HookReading {
  readonly behaviour: Behaviour;
  readonly notes: Notes;
}

/** One entry of the list; null is a hook without anything. Throws a `Refusal`. */
export function readHook({ behaviour, notes }: HookReading, node: Node, path: Path): Hook {
  const known = behaviour.has('extraProperties') ? [...hookProperties, ...extraProperties] : hookProperties;
  const properties = readProperties(notes, node, path, known);
  const id = properties.text('id');
  const argumentsOf = (name: string) => properties.list(name, (item, at) => readArgument(notes, item, at));
  return {
    id,
    executeCommand: properties.text('execute-command'),
    workingDirectory: properties.text('command-working-directory'),
    responseMessage: properties.text('response-message'),
    responseHeaders: properties.list('response-headers', (item, at) => readHeader(notes, item, at)),
    successStatus: properties.integer('success-http-response-code'),
    mismatchStatus: properties.integer('trigger-rule-mismatch-http-response-code'),
    contentType: properties.text('incoming-payload-content-type'),
    methods: properties.list('http-methods', item => readMethod(item)),
    captureOutput: properties.flag('include-command-output-in-response'),
    captureOutputOnError: properties.flag('include-command-output-in-response-on-error'),
    softSignatures: properties.flag('trigger-signature-soft-failures'),
    jsonParameters: argumentsOf('parse-parameters-as-json'),
    arguments: argumentsOf('pass-arguments-to-command'),
    environment: argumentsOf('pass-environment-to-command'),
    files: argumentsOf('pass-file-to-command'),
    rule: properties.nested('trigger-rule', (rule, at) => readRule(notes, rule, at)),
    run: properties.nested('run', (run, at) => inHook(id, 'run', () => readRun(notes, id, run, at))),
  };
}

/** Says which hook a mistake is in. */
function inHook<T>(id: string, name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`the hook "${cut(id)}", in "${name}": ${error.message}`, error.at);
  }
}

const noArgument: Argument = { source: '', name: '', envname: '', base64decode: false };

function readHeader(notes: Notes, node: Node, path: Path): ResponseHeader {
  const properties = readProperties(notes, node, path, headerProperties);
  return { name: properties.text('name'), value: properties.text('value') };
}

function readMethod(node: Node): string {
  if (node.kind !== 'scalar') throw new Refusal('a method is a text', node.at);
  return scalarText(node.scalar) ?? '';
}

/** Every part is read, so that mistakes show; the first of `and`, `or`, `not`, `match` is the one that counts. */
function readRule(notes: Notes, node: Node, path: Path): Rule {
  const properties = readProperties(notes, node, path, ruleProperties);
  const rules = (name: 'and' | 'or'): Rule | null => {
    const of = properties.list(name, (item, at) => readRule(notes, item, at));
    return properties.has(name) ? { kind: name, of } : null;
  };
  const and = rules('and');
  const or = rules('or');
  const not = properties.nested('not', (rule, at): Rule => ({ kind: 'not', of: readRule(notes, rule, at) }));
  const match = properties.nested(
    'match',
    (rule, at): Rule => ({ kind: 'match', match: readMatch(notes, rule, at) }),
  );
  const [counts, ...others] = ruleProperties.filter(name => properties.has(name));
  for (const other of others) notes.ignored([...path, other], counts ?? '');
  return and ?? or ?? not ?? match ?? { kind: 'empty' };
}

function readMatch(notes: Notes, node: Node, path: Path): Match {
  const properties = readProperties(notes, node, path, matchProperties);
  return {
    type: properties.text('type'),
    regex: properties.text('regex'),
    secret: properties.text('secret'),
    value: properties.text('value'),
    parameter:
      properties.nested('parameter', (argument, at) => readArgument(notes, argument, at)) ?? noArgument,
    ipRange: properties.text('ip-range'),
  };
}
