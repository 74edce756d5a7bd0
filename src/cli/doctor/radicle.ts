import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Config, RadicleConfig } from '../../config/config.ts';
import type { Adapter } from '../../domain/adapter.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { plainProgram } from '../../lib/launcher/job.ts';
import { resolveCommand } from '../../lib/launcher/resolve.ts';
import { subscribe } from '../../sources/radicle/node-socket.ts';
import { openStorage } from '../../sources/radicle/storage.ts';
import { broken, type Finding, fine, info, warning } from './finding.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A node on this machine answers at once or not at all; so does a program that is asked for its version. */
const patienceMs = 5_000;

/** The node, what is written with, and the adapters: whatever of it the configuration names. */
export async function checkRadicle(
  config: Config | null,
  env: Env,
  userId: number | undefined = process.getuid?.(),
): Promise<readonly Finding[]> {
  if (config === null) return [];
  const { radicle, adapters, rules } = config;
  const path = env['PATH'] ?? '';
  const tells = rules.some(({ report }) => report.includes('radicle'));
  return [
    ...(radicle === null
      ? []
      : [
          await checkStorage(radicle, path),
          await checkNode(radicle),
          ...(tells ? [await checkRad(env), await checkRadJob(env)] : []),
        ]),
    ...adapters.map(adapter => checkAdapter(adapter, path, userId)),
  ];
}

async function checkStorage(radicle: RadicleConfig, path: string): Promise<Finding> {
  try {
    const count = (await openStorage({ home: radicle.home, path }).repositories()).length;
    const what = `${count} ${count === 1 ? 'repository' : 'repositories'}`;
    return fine('radicle', `${radicle.home}: ${what} in storage`);
  } catch (error) {
    return broken(
      'radicle',
      SignalboxError.from(error).message,
      'name the home of the node, and let this user read it',
    );
  }
}

async function checkNode({ socket }: RadicleConfig): Promise<Finding> {
  try {
    using _events = await subscribe(socket, AbortSignal.timeout(patienceMs));
    return fine('radicle node', `answers at ${socket}`);
  } catch (error) {
    const says = error instanceof SignalboxError ? error.message : `${socket} does not answer`;
    return warning(
      'radicle node',
      says,
      'start it; until then changes are found by looking, every sources.radicle.reconcile',
    );
  }
}

async function checkRad(env: Env): Promise<Finding> {
  const version = await versionOf('rad', env);
  return version === null
    ? broken('rad', 'is not on the PATH, and rules report to radicle', 'install it where signalbox finds it')
    : fine('rad', version);
}

/** Nobody has written down its commands for good: what is installed may have others. */
async function checkRadJob(env: Env): Promise<Finding> {
  const version = await versionOf('rad-job', env);
  if (version === null)
    return info('rad-job', 'is not on the PATH: patches get their comments, and no jobs are told of');
  const help = (await said('rad-job', ['--help'], env)) ?? '';
  const missing = ['trigger', 'start', 'finish'].filter(word => !help.includes(word));
  return missing.length === 0
    ? fine('rad-job', version)
    : warning(
        'rad-job',
        `${version} has no ${missing.join(', no ')}: signalbox cannot tell of jobs by it`,
        'install radicle-job 0.6, or ignore what the reports of runs say about it',
      );
}

function checkAdapter(adapter: Adapter, path: string, userId: number | undefined): Finding {
  const check = `adapter ${adapter.name}`;
  const resolved = resolveCommand({
    ...plainProgram(adapter.command),
    cwd: '/',
    env: { PATH: path, ...adapter.env },
    enclosure: undefined,
  });
  if (resolved.result === 'refused')
    return broken(check, resolved.reason, `install it, or mend adapters.${adapter.name}.command`);
  const owner = adapter.radicleHome === null ? null : ownerOf(join(adapter.radicleHome, 'storage'));
  if (owner !== null && owner !== userId)
    return warning(
      check,
      `${resolved.file}; but the storage belongs to user ${owner}, and git refuses adapters that clone from it`,
      'run signalbox as that user, or let git know: git config --global --add safe.directory "*"',
    );
  return fine(check, resolved.file);
}

function ownerOf(directory: string): number | null {
  try {
    return statSync(directory).uid;
  } catch {
    return null; // told above
  }
}

const versionOf = (name: string, env: Env): Promise<string | null> => said(name, ['--version'], env);

/** What a program says; null: there is none. */
async function said(name: string, args: readonly string[], env: Env): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(name, args, { env: { ...env }, timeout: patienceMs });
    return stdout.trim() || name;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? null : name;
  }
}
