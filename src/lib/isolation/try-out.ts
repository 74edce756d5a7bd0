import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, plainProgram } from '../launcher/job.ts';
import { createLauncher } from '../launcher/launcher.ts';
import { quote } from '../launcher/script.ts';
import { within } from '../within.ts';
import { furnish, parts } from './furnish.ts';
import { type FoundTools, systemPath } from './tools.ts';
import type { Way } from './way.ts';

export type Tried = { readonly result: 'usable' } | Unusable;

/** Clauses that say what was seen, and what to do about it. */
export interface Unusable {
  readonly result: 'unusable';
  readonly reason: string;
  readonly mend: string;
}

/** What is tried takes a few milliseconds; a machine that is this slow isolates nothing. */
const patienceMs = 10_000;

/**
 * Isolates a small program that looks round, just as others will be: permissions and versions tell less than that.
 * `directory` is for that alone, and removed again. Never rejects.
 */
export async function tryOut(directory: string, tools: FoundTools, way: Way): Promise<Tried> {
  try {
    // What a process left there that was killed meanwhile.
    await rm(directory, { recursive: true, force: true });
    return await tryIn(directory, tools, way);
  } catch (error) {
    return unusable(error instanceof Error ? error.message : String(error));
  }
}

async function tryIn(scratch: string, tools: FoundTools, way: Way): Promise<Tried> {
  try {
    const [home, secrets] = [join(scratch, 'home'), join(scratch, 'secrets')];
    for (const part of [parts.home, parts.temporary]) await mkdir(join(home, part), { recursive: true });
    await mkdir(secrets);
    await writeFile(join(secrets, 'secret'), 'secret');
    return await look({
      scratch,
      ...plainProgram(['/bin/sh', '-ec', lookRound(join(secrets, 'secret'))]),
      cwd: home,
      env: { PATH: systemPath },
      enclosure: {
        enter: way.enter,
        furnish: furnish(tools, way, home, { directories: [secrets], files: [] }),
        become: way.become,
        marks: {},
      },
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Fails unless its own directory is its own, what is hidden is hidden, process 1 is ours, and it has no rights. */
function lookRound(secret: string): string {
  return [
    ': > mine',
    `[ ! -e ${quote(secret)} ]`,
    'read -r name rest < /proc/1/comm; [ "$name" = sh ]',
    'grep -q "^CapEff:[[:space:]]*0*$" /proc/self/status',
    'grep -q "^NoNewPrivs:[[:space:]]*1$" /proc/self/status',
  ].join('\n');
}

async function look({ scratch, ...command }: Command & { readonly scratch: string }): Promise<Tried> {
  await using launcher = createLauncher({ directory: join(scratch, 'launcher'), warm: 0 });
  const said: Uint8Array[] = [];
  const started = await launcher.start(command, async (_, bytes) => void said.push(bytes));
  if (started.result === 'refused') return unusable(started.reason);
  using job = started.job;
  const isOver = await within(patienceMs, job.drained);
  const exit = isOver ? await job.exited : undefined;
  if (exit?.how === 'exited' && exit.code === 0) return { result: 'usable' };
  const complaint = Buffer.concat(said).toString().trim().split('\n', 1).join('');
  return unusable(
    isOver ? complaint || 'an isolated program still saw what it should not' : 'it takes too long',
  );
}

export function unusable(reason: string): Unusable {
  return { result: 'unusable', reason, mend: mend() };
}

/** Kernel settings that forbid user namespaces, with the value that does. */
const switches = [
  ['user.max_user_namespaces', 0, 10_000],
  ['kernel.unprivileged_userns_clone', 0, 1],
  ['kernel.apparmor_restrict_unprivileged_userns', 1, 0],
] as const;

/** Why it did not work is often not told by who refused it; these are the usual reasons. */
function mend(): string {
  if (process.platform !== 'linux') return 'run signalbox on Linux';
  if (process.getuid?.() === 0)
    return 'give this root the capability SYS_ADMIN, or run signalbox as an ordinary user where user namespaces are allowed';
  const forbidding = switches.find(([name, value]) => readSwitch(name) === value);
  return forbidding === undefined
    ? 'let the container or its security profile allow unshare and mount'
    : `allow user namespaces: sysctl -w ${forbidding[0]}=${forbidding[2]}`;
}

function readSwitch(name: string): number | undefined {
  const file = `/proc/sys/${name.replaceAll('.', '/')}`;
  return existsSync(file) ? Number(readFileSync(file, 'latin1')) : undefined;
}
