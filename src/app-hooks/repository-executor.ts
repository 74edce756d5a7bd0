import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext, Executor } from '../contracts/executor.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { Explanation } from '../domain/explanation.ts';
import type { RepositoryHook } from '../domain/rule.ts';
import type { Ending } from '../domain/run.ts';
import { type Decision, decide, hookOf, type Serving } from '../sources/hooks/decide.ts';
import { readHooks } from '../sources/hooks/file/read-hooks.ts';
import { hookCommand } from '../sources/hooks/hook-event.ts';
import { repositoryHooksFile, requestOf } from '../sources/hooks/repository-hooks.ts';
import { servingOf } from './hook-door.ts';
import type { Judged, Judgements } from './judgements.ts';

/** Beyond that it is no hooks file. */
const longestFileBytes = 1024 * 1024;

/** Asks the hook of the checkout's own hooks file, and has its command run by `hooks`, in the checkout. */
export function createRepositoryHookExecutor(needs: {
  readonly hooks: Pick<Executor, 'execute'>;
  readonly judgements: Pick<Judgements, 'note'>;
  readonly longestBodyBytes: number;
}): Executor {
  const serving = servingOf(needs.longestBodyBytes);
  return {
    kind: 'repository hook',
    execute: async (action, context) => {
      if (action.kind !== 'repository hook')
        throw new SignalboxError('internal', `a "${action.kind}" action is no hook of a repository`);
      const { call } = action;
      const judged = await judge(serving, call, context);
      if (judged.result === 'refused') return { outcome: 'error', exitCode: null, reason: judged.reason };
      needs.judgements.note(context.run, judged.judged);
      if (judged.result === 'over') return judged.ending;
      const { command } = judged.decision;
      return needs.hooks.execute(
        { kind: 'hook', hook: hookCommand(command, true) },
        withEnvironment(context, command),
      );
    },
    // They are the processes of hooks.
    endOrphans: async () => [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const withEnvironment = (
  context: ExecutionContext,
  { environment }: Extract<Decision, { result: 'run' }>['command'],
): ExecutionContext => ({
  ...context,
  env: { ...Object.fromEntries(environment.filter(([name]) => name !== '')), ...context.env },
});

type Found =
  | { readonly result: 'refused'; readonly reason: string }
  | { readonly result: 'over'; readonly judged: Judged; readonly ending: Ending }
  | {
      readonly result: 'run';
      readonly judged: Judged;
      readonly decision: Extract<Decision, { result: 'run' }>;
    };

async function judge(serving: Serving, call: RepositoryHook, context: ExecutionContext): Promise<Found> {
  const text = await textOf(join(context.directory, repositoryHooksFile));
  if (text === null)
    return {
      result: 'refused',
      reason: `there is no file ${repositoryHooksFile} of at most 1 MB in the root of the commit`,
    };
  const read = readHooks({ behaviour: serving.behaviour, template: null, references: null }, text);
  if (read.result === 'refused') {
    const { place, message } = read;
    return { result: 'refused', reason: `${repositoryHooksFile}:${place.line}:${place.column}: ${message}` };
  }
  const { hooks } = read.file;
  if (hookOf(hooks, call.id) === undefined) {
    const known = hooks.map(({ id }) => id).join(', ') || 'none at all';
    const reason = `${repositoryHooksFile} has no hook "${call.id}", only ${known}`;
    return {
      result: 'over',
      judged: { result: 'no hook' },
      ending: { outcome: 'failure', exitCode: null, reason },
    };
  }
  const decision = decide(serving, hooks, call.id, requestOf(call));
  for (const line of lines(decision.verdict?.explanation, 0))
    await context.write('system', Buffer.from(`${line}\n`));
  if (decision.result === 'run')
    return { result: 'run', judged: { result: 'ran', hook: decision.hook }, decision };
  const isBroken = decision.verdict?.verdict !== 'not matched';
  const reason = decision.verdict?.reason ?? 'its body cannot be read';
  return {
    result: 'over',
    judged: { result: 'answered', decision },
    ending: isBroken
      ? { outcome: 'failure', exitCode: null, reason }
      : { outcome: 'success', exitCode: null, reason: `nothing to run: ${reason}` },
  };
}

async function textOf(path: string): Promise<Uint8Array | null> {
  try {
    // What a link leads to is not part of the commit.
    const facts = await lstat(path);
    return facts.isFile() && facts.size <= longestFileBytes ? await readFile(path) : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function lines(explanation: Explanation | undefined, depth: number): readonly string[] {
  if (explanation === undefined) return [];
  const mark = explanation.holds === null ? '·' : explanation.holds ? '✓' : '✗';
  return [
    `${'  '.repeat(depth)}${mark} ${explanation.text}`,
    ...explanation.parts.flatMap(part => lines(part, depth + 1)),
  ];
}
