import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from '../../contracts/executor.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { eventJson } from '../../domain/event-json.ts';
import type { Matchers } from '../../domain/explanation.ts';
import type { DaggerByName } from '../../domain/rule.ts';
import type { Ending } from '../../domain/run.ts';
import type { Trigger } from '../../domain/trigger.ts';
import { runProcess } from '../process.ts';
import { flag } from './arguments.ts';
import { callOf } from './call.ts';
import { captured } from './captured.ts';
import { changedFiles } from './changed-files.ts';
import { type Chosen, choose } from './choose.ts';
import { type DaggerNeeds, runDagger } from './cli.ts';
import { type DaggerFunction, functionsQuery, readFunctions } from './functions.ts';
import { runTogether } from './run-together.ts';
import { eachLineOnce } from './shared-log.ts';

export interface ByNameNeeds extends DaggerNeeds {
  readonly matchers: Pick<Matchers, 'glob'>;
}

/** Where pocketci finds the module when nothing says otherwise. */
const usualModule = './ci';
/** What a module says of itself: names and defaults. */
const longestAnswerBytes = 4 * 1024 * 1024;

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

  const module = dagger.module ?? usualModule;
  const changed = await changedFiles(needs, trigger.event, next());
  const listed = await listFunctions(needs, module, next());
  if (listed.result === 'ended') return listed.ending;
  const choice = choose(listed.functions, { ...trigger, changed }, needs.matchers);
  if (choice.result === 'none') return couldNotRun(`${module}: ${choice.reason}`);
  const files = await writeFiles(context.home, trigger);
  const env = { ...context.env, ...pocketciEnv(trigger, files.payload, context.env) };
  const flagsOf = ({ flags }: Chosen) => [...flags, flag('src', '.'), flag('eventTrigger', files.event)];
  return runTogether(
    needs,
    choice.functions.map(chosen => ({
      name: chosen.function.name,
      args: [...callOf(module, chosen.function.name), ...flagsOf(chosen)],
    })),
    () => next(env),
  );
}

type Listed =
  | { readonly result: 'listed'; readonly functions: readonly DaggerFunction[] }
  /** It could not be asked, or had to end. */
  | { readonly result: 'ended'; readonly ending: Ending };

async function listFunctions(needs: DaggerNeeds, module: string, context: ExecutionContext): Promise<Listed> {
  const query = await place(context.home, 'functions.graphql', functionsQuery);
  const variables = JSON.stringify({ module });
  const args = ['query', '-m', module, '--progress', 'plain', '--doc', query, '--var-json', variables];
  const { ending, stdout } = await captured(longestAnswerBytes, context, quiet =>
    runDagger(needs, runProcess, args, quiet),
  );
  if (ending.outcome === 'failure')
    return ended(couldNotRun(`Dagger could not say which functions ${module} has: see the log`));
  if (ending.outcome !== 'success') return ended(ending);
  const functions = stdout === null ? null : readFunctions(stdout);
  return functions === null
    ? ended(couldNotRun(`what Dagger said of ${module} does not describe a module: is it 0.12 or newer?`))
    : { result: 'listed', functions };
}

const ended = (ending: Ending): Listed => ({ result: 'ended', ending });

const couldNotRun = (reason: string): Ending => ({ outcome: 'error', exitCode: null, reason });

/** The event for the functions, with the keys of pocketci and, as `event`, our own; and what was sent, as it was. */
async function writeFiles(
  home: string,
  { event, vendor, type, filter, payload }: Trigger,
): Promise<{ readonly event: string; readonly payload: string }> {
  const told = {
    repository_name: event.repo?.name ?? '',
    payload,
    vendor,
    event_type: type,
    filter,
    event: eventJson(event),
  };
  return {
    event: await place(home, 'event-trigger.json', JSON.stringify(told)),
    payload: await place(home, 'payload.json', JSON.stringify(payload)),
  };
}

/** Writes a file beside the work tree; over nothing, and through no link, that is there already. */
async function place(home: string, name: string, text: string): Promise<string> {
  const file = join(home, name);
  await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  return file;
}

/** What functions of pocketci find in their environment: some variables of GitHub's own, which Dagger reads too. */
function pocketciEnv(
  { event, type }: Trigger,
  payloadFile: string,
  env: ExecutionContext['env'],
): Readonly<Record<string, string>> {
  return {
    CI: 'pocketci',
    GITHUB_ACTIONS: 'true',
    GITHUB_SHA: env['SIGNALBOX_SHA'] ?? '',
    GITHUB_REF: event.patch === null ? (event.ref ?? '') : `refs/pull/${event.patch.number}/merge`,
    GITHUB_EVENT_NAME: type,
    GITHUB_EVENT_PATH: payloadFile,
  };
}
