import type { Argument, Match } from '../hook.ts';
import { providers } from '../rule/provider/providers.ts';
import { type HookReading, inHook } from './hook-reading.ts';
import { type Node, Refusal } from './node.ts';
import { readArgument } from './read-argument.ts';
import { readRangeText } from './read-range-text.ts';
import { readTexts, type Texts } from './read-texts.ts';
import { type Path, readProperties } from './shape.ts';

const matchProperties = ['type', 'regex', 'secret', 'value', 'parameter', 'ip-range'];
/** What the original program does not know. */
const extraProperties = ['trusted-proxies'];

const noArgument: Argument = { source: '', name: '', envname: '', base64decode: false };

/** One thing that a rule asks. Throws a `Refusal`. */
export function readMatch(reading: HookReading, node: Node, path: Path): Match {
  const { behaviour, notes } = reading;
  const properties = readProperties(
    notes,
    node,
    path,
    behaviour.has('extraProperties') ? [...matchProperties, ...extraProperties] : matchProperties,
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
