import type { Argument, Hook, Match, ResponseHeader, Rule } from '../hook.ts';
import { patternOfId } from '../path-parameters.ts';
import { providers } from '../rule/provider/providers.ts';
import { type HookReading, inHook } from './hook-reading.ts';
import { type Node, Refusal } from './node.ts';
import { readArgument } from './read-argument.ts';
import { readRangeText } from './read-range-text.ts';
import { readRun } from './read-run.ts';
import { readStdin } from './read-stdin.ts';
import { readTexts, type Texts } from './read-texts.ts';
import { scalarText } from './scalar.ts';
import { type Notes, type Path, readProperties } from './shape.ts';

const headerProperties = ['name', 'value'];
const matchProperties = ['type', 'regex', 'secret', 'value', 'parameter', 'ip-range'];
const extraMatchProperties = ['trusted-proxies'];
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
const extraProperties = ['run', 'pass-stdin-to-command'];

/** One entry of the list; null is a hook without anything. Throws a `Refusal`. */
export function readHook(given: Omit<HookReading, 'id'>, node: Node, path: Path): Hook {
  const { behaviour, notes } = given;
  const known = behaviour.has('extraProperties') ? [...hookProperties, ...extraProperties] : hookProperties;
  const properties = readProperties(notes, node, path, known);
  const id = properties.text('id');
  const reading = { ...given, id };
  const argumentsOf = (name: string) => properties.list(name, (item, at) => readArgument(notes, item, at));
  const extra = <T>(name: string, read: (node: Node, path: Path) => T) =>
    properties.nested(name, (node, at) => inHook(reading, name, () => read(node, at)));
  return {
    id,
    pattern: behaviour.has('extraProperties') ? patternOfId(id) : null,
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
    stdin: extra('pass-stdin-to-command', (list, at) => readStdin(notes, list, at)),
    rule: properties.nested('trigger-rule', (rule, at) => readRule(reading, rule, at)),
    run: extra('run', (run, at) => readRun(notes, id, run, at)),
  };
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
function readRule(reading: HookReading, node: Node, path: Path): Rule {
  const properties = readProperties(reading.notes, node, path, ruleProperties);
  const rules = (name: 'and' | 'or'): Rule | null => {
    const of = properties.list(name, (item, at) => readRule(reading, item, at));
    return properties.has(name) ? { kind: name, of } : null;
  };
  const and = rules('and');
  const or = rules('or');
  const not = properties.nested(
    'not',
    (rule, at): Rule => ({ kind: 'not', of: readRule(reading, rule, at) }),
  );
  const match = properties.nested(
    'match',
    (rule, at): Rule => ({ kind: 'match', match: readMatch(reading, rule, at) }),
  );
  const [counts, ...others] = ruleProperties.filter(name => properties.has(name));
  for (const other of others) reading.notes.ignored([...path, other], counts ?? '');
  return and ?? or ?? not ?? match ?? { kind: 'empty' };
}

function readMatch(reading: HookReading, node: Node, path: Path): Match {
  const { behaviour, notes } = reading;
  const properties = readProperties(
    notes,
    node,
    path,
    behaviour.has('extraProperties') ? [...matchProperties, ...extraMatchProperties] : matchProperties,
  );
  const values = readTexts(reading, properties, 'value');
  const type = properties.text('type');
  const secrets = readTexts(reading, properties, 'secret');
  if (behaviour.has('extraProperties')) refuseBadKey(reading, type, secrets, node);
  return {
    type,
    regex: properties.text('regex'),
    secrets: secrets.texts,
    values: values.texts,
    hidden: values.hidden,
    parameter:
      properties.nested('parameter', (argument, at) => readArgument(notes, argument, at)) ?? noArgument,
    ipRange: properties.text('ip-range'),
    trustedProxies: inHook(reading, 'trusted-proxies', () =>
      properties.list('trusted-proxies', readRangeText),
    ),
  };
}

/** The form of a provider's secret is known, so that a wrong one need not wait for a request. */
function refuseBadKey(reading: HookReading, type: string, { texts, hidden }: Texts, { at }: Node): void {
  const provider = providers.get(type);
  const isElsewhere = hidden && reading.references === null;
  if (provider === undefined || isElsewhere || texts.every(text => provider.key(text) !== null)) return;
  inHook(reading, 'secret', () => {
    throw new Refusal(`a match of type "${type}" takes ${provider.secret}`, at);
  });
}
