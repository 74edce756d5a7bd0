import type { ExecutionContext } from '../../contracts/executor.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { Event } from '../../domain/event.ts';
import { holds, type Matchers } from '../../domain/explanation.ts';
import type { DaggerByName } from '../../domain/rule.ts';
import type { Ending } from '../../domain/run.ts';
import { couldNotRun } from '../process.ts';
import { flag, kebab } from './arguments.ts';
import { callOf } from './call.ts';
import { changedFiles } from './changed-files.ts';
import { type Chosen, choose } from './choose.ts';
import type { DaggerNeeds } from './cli.ts';
import { pocketciEnv, writeEvent } from './event-files.ts';
import { listFunctions } from './list-functions.ts';
import { type PocketciFile, readPocketciFile } from './pocketci-file.ts';
import { runTogether } from './run-together.ts';
import { eachLineOnce } from './shared-log.ts';

export interface ByNameNeeds extends DaggerNeeds {
  readonly matchers: Matchers;
}

/** Calls the functions of a module that answer to the event, as pocketci would. */
export async function callByName(
  needs: ByNameNeeds,
  dagger: DaggerByName,
  context: ExecutionContext,
): Promise<Ending> {
  const { trigger } = context;
  if (trigger === null) throw new SignalboxError('internal', 'nobody said what has started the run');
  const endsAt = performance.now() + context.timeoutMs;
  const write = eachLineOnce(context);
  /** For the next program: it has what is left of the time. */
  const next = (env = context.env): ExecutionContext => ({
    ...context,
    env,
    write,
    timeoutMs: Math.max(0, endsAt - performance.now()),
  });

  const own = readPocketciFile(context.directory);
  if (own.result === 'broken') return couldNotRun(own.reason);
  const lacking = lackingSecret(own.file, context);
  if (lacking !== null) return couldNotRun(lacking);

  const changed = await changedFiles(needs, trigger.event, next());
  const unmoved = unmovedPaths(needs, own.file, { ...trigger.event, changed });
  if (unmoved !== null) return { outcome: 'success', exitCode: null, reason: unmoved };

  const module = dagger.module ?? own.file.module;
  const listed = await listFunctions(needs, module, next());
  if (listed.result === 'ended') return listed.ending;
  const choice = choose(listed.functions, { ...trigger, changed }, needs.matchers);
  if (choice.result === 'none') return couldNotRun(`${module}: ${choice.reason}`);

  const files = await writeEvent(context.home, trigger);
  const env = { ...context.env, ...pocketciEnv(trigger, files.payload, context.env) };
  const calls = choice.functions.map(chosen => ({
    name: chosen.function.name,
    args: [
      ...callOf(module, chosen.function.name),
      ...chosen.flags,
      flag('src', '.'),
      flag('eventTrigger', files.event),
      ...secretFlags(chosen, own.file),
    ],
  }));
  return runTogether(needs, calls, () => next(env));
}

/** A sentence when the file wants a secret that the job does not have: what that is, the rule alone says. */
function lackingSecret({ secrets }: PocketciFile, { env }: ExecutionContext): string | null {
  const lacking = secrets.find(({ variable }) => !Object.hasOwn(env, variable));
  return lacking === undefined
    ? null
    : `pocketci.yaml wants the secret ${lacking.argument} from the variable ${lacking.variable}, which this job does not have: add it to \`secrets\` of the rule`;
}

/** A sentence when none of the paths that the file names has changed. */
function unmovedPaths({ matchers }: ByNameNeeds, { paths }: PocketciFile, event: Event): string | null {
  if (paths.length === 0) return null;
  const answer = holds(matchers, { kind: 'paths', patterns: paths }, event);
  return answer.holds === true ? null : `pocketci.yaml: ${answer.text}: nothing to do`;
}

/** Those secrets that the function has an argument for. */
function secretFlags({ function: { args } }: Chosen, { secrets }: PocketciFile): readonly string[] {
  return secrets
    .filter(({ argument }) => args.some(({ name }) => kebab(name) === kebab(argument)))
    .map(({ argument, variable }) => flag(argument, `env:${variable}`));
}
