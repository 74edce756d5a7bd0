import type { ExecutionContext } from '../../contracts/executor.ts';
import type { DaggerCall } from '../../domain/rule.ts';
import type { Ending } from '../../domain/run.ts';
import { flag, kebab, listFlags } from './arguments.ts';
import { type DaggerNeeds, runDagger } from './cli.ts';

/** What an argument may name in braces, and the variable of the job that has it. */
const placeholders: ReadonlyMap<string, string> = new Map([
  ['repo', 'SIGNALBOX_REPO'],
  ['branch', 'SIGNALBOX_BRANCH'],
  ['ref', 'SIGNALBOX_REF'],
  ['sha', 'SIGNALBOX_SHA'],
  ['event', 'SIGNALBOX_EVENT_FILE'],
]);

/** Calls one function, in the checkout. */
export function call(needs: DaggerNeeds, dagger: DaggerCall, context: ExecutionContext): Promise<Ending> {
  const { module, args } = dagger;
  const fill = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
      const variable = placeholders.get(name);
      return variable === undefined ? whole : (context.env[variable] ?? '');
    });
  const flags = Object.entries(args).flatMap(([name, value]) =>
    typeof value === 'string' ? [flag(name, fill(value))] : listFlags(name, value.map(fill)),
  );
  return runDagger(needs, [...callOf(module, dagger.function), ...flags], context);
}

/** The beginning of every call: what follows are the function's own flags. */
export const callOf = (module: string, name: string): readonly string[] => [
  'call',
  '-m',
  module,
  '--progress',
  'plain',
  kebab(name),
];
