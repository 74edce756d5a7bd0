import { type BusyPolicy, busyPolicies, type Concurrency } from '../../../domain/concurrency.ts';
import { cut } from '../../../domain/shown.ts';
import { durationText, parseDuration } from '../../../lib/units.ts';
import { type HookRun, type RunMode, runModes } from '../run-policy.ts';
import { type Node, Refusal } from './node.ts';
import { readKnownArgument } from './read-argument.ts';
import { demanding, type Notes, type Path, type Properties, readProperties } from './shape.ts';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/**
 * How a hook's runs are to be run. Nothing in it comes from the original program, so that nothing is forgiven: throws a
 * `Refusal` for everything that it does not understand.
 */
export function readRun(given: Notes, id: string, node: Node, path: Path): HookRun {
  const notes = demanding(given);
  const run = readProperties(notes, node, path, [
    'mode',
    'sync-timeout',
    'timeout',
    'concurrency',
    'retry',
    'dedupe-key',
    'keep-logs',
  ]);
  return {
    mode: oneOf<RunMode>(run, 'mode', runModes),
    // Nobody holds a connection for longer than an hour, and no proxy lets them.
    syncTimeoutMs: duration(run, 'sync-timeout', { least: second, most: hour }),
    timeoutMs: duration(run, 'timeout', { least: second, most: 7 * day }),
    keepLogsMs: duration(run, 'keep-logs', { least: second, most: 3650 * day }),
    concurrency: run.nested('concurrency', (node, at) => readConcurrency(notes, id, node, at)),
    retryLost: run.nested('retry', (node, at) => readRetry(notes, node, at)) ?? 0,
    dedupeKey: run.nested('dedupe-key', (node, at) => readKnownArgument(notes, node, at, [])),
  };
}

function readConcurrency(notes: Notes, id: string, node: Node, path: Path): Concurrency {
  const found = readProperties(notes, node, path, ['group', 'limit', 'busy']);
  return {
    group: found.nested('group', group => readGroup(found, group)) ?? id,
    limit: whole(found, 'limit', { least: 1, most: 1000 }) ?? 1,
    busy: oneOf<BusyPolicy>(found, 'busy', busyPolicies) ?? 'queue',
  };
}

function readGroup(found: Properties, { at }: Node): string {
  const group = found.text('group');
  if (group === '' || group.length > 256 || /[{}]/.test(group))
    throw new Refusal('"group" takes a name of 1 to 256 characters, without braces', at);
  return group;
}

function readRetry(notes: Notes, node: Node, path: Path): number {
  return whole(readProperties(notes, node, path, ['lost']), 'lost', { least: 0, most: 10 }) ?? 0;
}

interface Bounds {
  readonly least: number;
  readonly most: number;
}

function oneOf<Word extends string>(found: Properties, name: string, words: readonly Word[]): Word | null {
  return found.nested(name, ({ at }) => {
    const text = found.text(name);
    const word = words.find(word => word === text);
    if (word === undefined)
      throw new Refusal(`"${name}" takes one of ${words.join(', ')}, not "${cut(text)}"`, at);
    return word;
  });
}

function duration(found: Properties, name: string, { least, most }: Bounds): number | null {
  return found.nested(name, ({ at }) => {
    const text = found.text(name);
    const ms = parseDuration(text);
    if (ms === undefined || ms < least || ms > most)
      throw new Refusal(
        `"${name}" takes a duration such as 30s or 10m, from ${durationText(least)} to ${durationText(most)}, not "${cut(text)}"`,
        at,
      );
    return ms;
  });
}

function whole(found: Properties, name: string, { least, most }: Bounds): number | null {
  return found.nested(name, ({ at }) => {
    const value = found.integer(name);
    if (value < least || value > most)
      throw new Refusal(`"${name}" takes a whole number from ${least} to ${most}, not ${value}`, at);
    return value;
  });
}
