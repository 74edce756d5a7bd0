import type { Matchers } from '../../domain/explanation.ts';
import { listed } from '../../domain/shown.ts';
import type { Trigger } from '../../domain/trigger.ts';
import { flag, listFlags } from './arguments.ts';
import type { DaggerArgument, DaggerFunction } from './functions.ts';

/** A function that answers to an event, with the flags that tell it of the event. */
export interface Chosen {
  readonly function: DaggerFunction;
  readonly flags: readonly string[];
}

export type Choice =
  | { readonly result: 'chosen'; readonly functions: readonly Chosen[] }
  | { readonly result: 'none'; readonly reason: string };

/** What functions are asked about. `changed` null: nobody knows, and every condition on paths holds. */
export interface Occasion extends Pick<Trigger, 'vendor' | 'type' | 'filter'> {
  readonly changed: readonly string[] | null;
}

type Globs = Pick<Matchers, 'glob'>;

/** One way of being called: the name, and what is not said by it. */
interface Level {
  readonly name: string;
  readonly told: readonly ('filter' | 'event' | 'vendor')[];
}

/**
 * The functions that answer to an event: those of the first level that has any. A function stands on a level by its
 * name, or by the end of it (`testOnGithubPush`), and may refuse by the default values of its arguments: `filter`,
 * `event` and `vendor` list what is accepted, `onChanges` the patterns of which one has to match a changed path.
 */
export function choose(functions: readonly DaggerFunction[], occasion: Occasion, matchers: Globs): Choice {
  const levels = levelsOf(occasion);
  const refusals: string[] = [];
  for (const level of levels) {
    const chosen: Chosen[] = [];
    for (const each of functions.filter(({ name }) => isCalled(name, level.name))) {
      const refusal = each.args.map(argument => refusalBy(argument, occasion, matchers)).find(Boolean);
      if (refusal) {
        refusals.push(`${each.name} (${refusal})`);
        continue;
      }
      const lacking = ['src', 'eventTrigger', ...level.told].filter(
        name => !each.args.some(argument => argument.name === name),
      );
      if (lacking.length > 0)
        return {
          result: 'none',
          reason: `the function ${each.name} lacks the argument ${lacking.join(', and ')}: whoever is chosen by that name is given it`,
        };
      chosen.push({ function: each, flags: flagsFor(each, level, occasion) });
    }
    if (chosen.length > 0) return { result: 'chosen', functions: chosen };
  }
  const tried = listed(levels.map(({ name }) => name));
  const but = refusals.length === 0 ? '' : `; not accepted: ${listed(refusals)}`;
  return { result: 'none', reason: `no functions matched: none is called ${tried}, or ends so${but}` };
}

function levelsOf({ vendor, type, filter }: Occasion): readonly Level[] {
  const usual: readonly Level[] = [
    { name: camel('on', vendor, type), told: ['filter'] },
    { name: camel('on', vendor), told: ['filter', 'event'] },
    { name: 'dispatch', told: ['filter', 'event', 'vendor'] },
  ];
  const first = camel('on', vendor, type, filter);
  return first === usual[0]?.name ? usual : [{ name: first, told: [] }, ...usual];
}

/** Words become one name, each but the first with a capital; whatever is no letter or digit parts words. */
function camel(...parts: readonly string[]): string {
  const words = parts.flatMap(part => part.split(/[^A-Za-z0-9]+/)).filter(word => word !== '');
  return words.map((word, n) => (n === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('');
}

/** Without regard to case, which SDKs treat differently; but where the end of a longer name begins, there is a capital. */
function isCalled(name: string, wanted: string): boolean {
  const end = name.slice(-wanted.length);
  if (end.toLowerCase() !== wanted.toLowerCase()) return false;
  return end.length === name.length || end.charAt(0) === wanted.charAt(0).toUpperCase();
}

/** Why a function does not want to be called, as far as one of its arguments tells; null when it may be. */
function refusalBy(
  { name, words }: DaggerArgument,
  { vendor, type, filter, changed }: Occasion,
  matchers: Globs,
): string | null {
  if (words === null) return null;
  if (name === 'onChanges')
    return changed === null || changed.some(path => words.some(pattern => matchers.glob(pattern, path)))
      ? null
      : `nothing has changed that matches ${listed(words)}`;
  const told = new Map([
    ['filter', filter],
    ['event', type],
    ['vendor', vendor],
  ]).get(name);
  return told === undefined || words.includes(told)
    ? null
    : `the ${name} is ${listed([told])}, not ${listed(words)}`;
}

function flagsFor(
  { args }: DaggerFunction,
  { told }: Level,
  { vendor, type, filter, changed }: Occasion,
): readonly string[] {
  const values = { filter, event: type, vendor };
  const onChanges = args.find(({ name }) => name === 'onChanges');
  return [
    ...told.map(name => flag(name, values[name])),
    ...(onChanges === undefined || changed === null
      ? []
      : onChanges.isList
        ? listFlags('onChanges', changed)
        : [flag('onChanges', changed.join(','))]),
  ];
}
