import type { ExecutionContext, Executor } from '../../contracts/executor.ts';
import type { Adapter } from '../../domain/adapter.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { Ending } from '../../domain/run.ts';
import { plainProgram } from '../../lib/launcher/job.ts';
import { resolveCommand } from '../../lib/launcher/resolve.ts';
import { endOrphans, type ProcessNeeds, runProcess } from '../process.ts';
import { type Conversation, hear, silence } from './conversation.ts';
import { type AdapterReason, endingOf, reasonTexts } from './ending.ts';
import { furnish } from './furnish.ts';
import { requestLine } from './request.ts';
import { createResponseLines } from './responses.ts';
import { type Trigger, triggerOf } from './trigger.ts';

/** Each line may earn one, and a program may write any number of lines. */
const mostWarnings = 20;

/** Gives a Radicle CI adapter one request, for an event of any forge, and takes its word for how that ended. */
export function createAdapterExecutor(needs: ProcessNeeds): Executor {
  return {
    kind: 'adapter',
    execute: async (action, context) => {
      if (action.kind !== 'adapter')
        throw new SignalboxError('internal', `a "${action.kind}" action is no adapter`);
      const ending = await runAdapter(needs, action.adapter, context);
      if (isReason(ending.reason)) await say(context, reasonTexts[ending.reason]);
      return ending;
    },
    endOrphans: attempts => endOrphans(needs, attempts),
    // Launcher and process tree belong to who made them.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function runAdapter(needs: ProcessNeeds, adapter: Adapter, context: ExecutionContext): Promise<Ending> {
  const trigger = triggerFor(context);
  if (typeof trigger === 'string') return { outcome: 'error', exitCode: null, reason: trigger };
  const line = requestLine(trigger, adapter.dialect);
  const { stdin, env } = await furnish(adapter, context, { line, repository: trigger.repository.id });
  // It reads the request from a file: who never reads it, or ends early, disturbs nobody.
  const program = { ...plainProgram(adapter.command), stdin };
  const directory = (context.isolation === 'none' ? adapter.directory : null) ?? context.directory;
  const resolved = resolveCommand({ ...program, cwd: directory, env, enclosure: undefined });
  if (resolved.result === 'refused') {
    await say(context, resolved.reason);
    return { outcome: 'error', exitCode: null, reason: 'spawn' };
  }
  await say(context, `request: ${line}`);

  const lines = createResponseLines();
  const broken = new AbortController();
  let conversation: Conversation = silence;
  let warnings = 0;
  const heard: ExecutionContext = {
    ...context,
    directory,
    env,
    signal: AbortSignal.any([context.signal, broken.signal]),
    write: async (stream, bytes) => {
      await context.write(stream, bytes);
      if (stream !== 'stdout') return;
      const pushed = lines.push(bytes);
      await listen(pushed.lines);
      if (pushed.overlong) await breakOff('a line of its output does not end');
    },
  };
  const exit = await runProcess(needs, program, heard, 'ends');
  await listen(lines.end());
  const unseen =
    conversation === silence && context.isolation === 'namespace' ? unseenReason(exit, resolved.file) : null;
  if (unseen !== null) {
    await say(context, unseen);
    return { outcome: 'error', exitCode: null, reason: 'spawn' };
  }
  return endingOf(conversation, exit, adapter);

  async function listen(said: readonly string[]): Promise<void> {
    for (const each of said) {
      if (conversation.violation !== null) return;
      const heard = hear(conversation, each, adapter);
      const { run } = heard.conversation;
      const isNews = run !== null && run !== conversation.run;
      conversation = heard.conversation;
      if (heard.warning !== null) await warn(heard.warning);
      if (isNews) await context.tellCounterpart(run);
      if (conversation.violation !== null) await breakOff(conversation.violation);
    }
  }

  async function warn(warning: string): Promise<void> {
    warnings += 1;
    if (warnings <= mostWarnings) await say(context, `warning: ${warning}`);
    if (warnings === mostWarnings) await say(context, 'warning: more of these are not told');
  }

  async function breakOff(violation: string): Promise<void> {
    conversation = { ...conversation, violation };
    await say(context, violation);
    broken.abort();
  }
}

/** The shell's word for a program that is not there, or is none, from where it stands. */
function unseenReason({ outcome, exitCode, reason }: Ending, file: string): string | null {
  if (outcome === 'error') return reason;
  return exitCode === 126 || exitCode === 127
    ? `isolated, it does not see ${file}: install it elsewhere`
    : null;
}

/** What to ask the adapter for, or why there is nothing to ask for. */
function triggerFor({ event, env }: ExecutionContext): Trigger | string {
  const sha = env['SIGNALBOX_SHA'] || event.after;
  if (event.repo === null || sha === null)
    return 'an adapter is told of a commit of a repository, and the event brings none: write the repository into the rule';
  return triggerOf(event, event.repo, sha);
}

const isReason = (reason: string | null): reason is AdapterReason =>
  reason !== null && Object.hasOwn(reasonTexts, reason);

const say = (context: ExecutionContext, line: string): Promise<void> =>
  context.write('system', Buffer.from(`${line}\n`));
