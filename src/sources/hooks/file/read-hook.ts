import type { Hook, ResponseHeader } from '../hook.ts';
import { patternOfId } from '../path-parameters.ts';
import { hideSecrets } from './hide-secrets.ts';
import { type HookReading, inHook } from './hook-reading.ts';
import { type Node, Refusal } from './node.ts';
import { readArgument } from './read-argument.ts';
import { readRule } from './read-rule.ts';
import { readRun } from './read-run.ts';
import { readStdin } from './read-stdin.ts';
import { scalarText } from './scalar.ts';
import { type Notes, type Path, readProperties } from './shape.ts';

const headerProperties = ['name', 'value'];
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
    rule: properties.nested('trigger-rule', (rule, at) => hideSecrets(readRule(reading, rule, at))),
    run: extra('run', (run, at) => readRun(notes, id, run, at)),
  };
}

function readHeader(notes: Notes, node: Node, path: Path): ResponseHeader {
  const properties = readProperties(notes, node, path, headerProperties);
  return { name: properties.text('name'), value: properties.text('value') };
}

function readMethod(node: Node): string {
  if (node.kind !== 'scalar') throw new Refusal('a method is a text', node.at);
  return scalarText(node.scalar) ?? '';
}
