import type { ExecutionContext } from '../../contracts/executor.ts';
import type { Ending } from '../../domain/run.ts';
import { couldNotRun } from '../process.ts';
import { captured } from './captured.ts';
import { type DaggerNeeds, runDagger } from './cli.ts';
import { place } from './event-files.ts';
import { type DaggerFunction, functionsQuery, readFunctions } from './functions.ts';

/** What a module says of itself: names and defaults. */
const longestAnswerBytes = 4 * 1024 * 1024;

export type Listed =
  | { readonly result: 'listed'; readonly functions: readonly DaggerFunction[] }
  /** It could not be asked, or had to end. */
  | { readonly result: 'ended'; readonly ending: Ending };

/** The functions of a module's main object, as Dagger knows them. */
export async function listFunctions(
  needs: DaggerNeeds,
  module: string,
  context: ExecutionContext,
): Promise<Listed> {
  const query = await place(context.home, 'functions.graphql', functionsQuery);
  const variables = JSON.stringify({ module });
  const args = ['query', '-m', module, '--progress', 'plain', '--doc', query, '--var-json', variables];
  const { ending, stdout } = await captured(longestAnswerBytes, context, quiet =>
    runDagger(needs, args, quiet),
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
