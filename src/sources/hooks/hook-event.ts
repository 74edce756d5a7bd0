import { blankEvent, type NewEvent } from '../../domain/event.ts';
import type { HandedFile, HookCommand } from '../../domain/rule.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Command } from './command/command.ts';
import type { Decision } from './decide.ts';

/**
 * What a request to a hook means, with what it is to run, or why it is not; null where no hook was asked: there is nothing
 * to be told of such a request but why it was refused. `aim`: what a forge tells in it, where hooks work in a checkout.
 */
export function hookEvent(id: string, decision: Decision, aim: NewEvent | null): NewEvent | null {
  const { verdict } = decision;
  if (verdict === null) return null;
  const runs = decision.result === 'run';
  // A forge gives a name to what it sends; who names a key of their own means that.
  const deliveryId = runs ? (decision.deliveryId ?? aim?.deliveryId ?? null) : null;
  return {
    ...(aim ?? blankEvent('hook')),
    type: 'hook',
    action: 'called',
    // Every hook tells its own deliveries apart.
    deliveryId: deliveryId === null ? null : JSON.stringify([verdict.rule, deliveryId]),
    call: {
      // The id of the hook; what was called may be one of many that its pattern stands for.
      rule: verdict.rule,
      name: id,
      action: runs ? { kind: 'hook', hook: hookCommand(decision.command, aim !== null) } : null,
      // Of a name that comes twice the last counts.
      env: runs ? Object.fromEntries(decision.command.environment.filter(([name]) => name !== '')) : {},
      grounds: groundsOf(verdict),
    },
  };
}

/** A verdict says more than its tree: "not" over something broken may hold, and is an error all the same. */
function groundsOf({ verdict, reason, explanation }: Verdict): Verdict['explanation'] {
  return { ...explanation, holds: verdict === 'matched', error: verdict === 'error', text: reason };
}

/** A command as an executor takes it. */
export function hookCommand(command: Command, isInCheckout: boolean): HookCommand {
  const { name, arguments: args, workingDirectory, files, stdin, background, refusal } = command;
  return {
    program: name,
    args,
    directory: workingDirectory,
    isInCheckout,
    files: files.map(handedFile),
    stdin: stdin === null ? null : base64(stdin),
    background,
    refusal,
  };
}

const handedFile = ({ content, ...file }: Command['files'][number]): HandedFile => ({
  ...file,
  content: base64(content),
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
