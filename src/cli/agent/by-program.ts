import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SignalboxError } from '../../domain/errors.ts';
import type { NewUser } from './add.ts';

const program = 'rabbitmqctl';
/** It starts an Erlang machine for each call. */
const withinMs = 60_000;

export function isProgramThere(path: string): boolean {
  return path.split(delimiter).some(directory => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      // Not there.
      return false;
    }
  });
}

/** Makes the user by `rabbitmqctl`; its password is not seen among the processes. */
export async function addByProgram(
  user: NewUser,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { name, password, virtualHost, rights, topicExchange } = user;
  const { configure, write, read, topicWrite } = rights;
  await run(['add_user', name], `${password}\n`, env);
  await run(['set_permissions', '-p', virtualHost, name, configure, write, read], '', env);
  await run(['set_topic_permissions', '-p', virtualHost, name, topicExchange, topicWrite, '^$'], '', env);
}

async function run(
  args: readonly string[],
  input: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const child = spawn(program, args, { env: { ...env }, stdio: 'pipe', timeout: withinMs });
  child.stdin.end(input);
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  if (code === 0) return;
  const said = `${stderr}\n${stdout}`;
  if (/already exists/.test(said))
    throw new SignalboxError(
      'conflict',
      `RabbitMQ has a user of this name: choose another name for the agent, or remove that user with  rabbitmqctl delete_user ${args[1] ?? ''}`,
    );
  const line = said.split('\n').find(line => line.trim() !== '') ?? `it ended with ${code}`;
  throw new SignalboxError(
    'unavailable',
    `${program} ${args[0] ?? ''} has failed (${line.trim()}): run this as a user who may speak to RabbitMQ, or with --print to see the commands`,
  );
}
