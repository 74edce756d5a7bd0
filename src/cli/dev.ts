import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { noOverrides } from '../config/assemble.ts';
import { SignalboxError } from '../domain/errors.ts';
import { duration } from '../domain/report.ts';
import { type Api, createApi } from './client.ts';
import { demoConfig } from './demo/config.ts';
import { type CommitStatus, openDemoForge } from './demo/forge.ts';
import { type DemoRepository, makeDemoRepository } from './demo/repository.ts';
import { step, tellStory } from './demo/story.ts';
import { freePort } from './free-port.ts';
import { type CliIo, print } from './io.ts';
import { pack } from './send/parcel.ts';
import { post } from './send/post.ts';
import { standing } from './show/run.ts';
import { paint } from './style.ts';
import { visible } from './text.ts';
import { version } from './version.ts';

export function register(program: Command, io: CliIo): void {
  program
    .command('dev')
    .description('see it work: a demo rule, a recorded GitHub push, a green run')
    .option('--data <directory>', 'where everything is kept', './data')
    .addHelpText('after', '\nExample: signalbox dev')
    .action((options: { readonly data: string }) => dev(io, resolve(io.cwd, options.data)));
}

/** Reports leave within moments; a demo must not wait for ever to show one. */
const reportWithinMs = 10_000;
/** How the reader of the next steps calls this program: from a checkout, or installed. */
const self = import.meta.url.endsWith('.ts') ? 'bin/signalbox' : 'signalbox';
const usualPort = { public: 8080, admin: 8081 };

async function dev(io: CliIo, data: string): Promise<void> {
  const { readConfig } = await import('./config-file.ts');
  const { openHouse } = await import('./house.ts');
  const startedAt = io.now();
  print(io, [
    '',
    `${paint(io, 'bold', `signalbox ${version}`)}  one push through the whole house, on this machine alone`,
    '',
  ]);

  const statuses = createStatuses();
  await using forge = await openDemoForge(statuses.heard);
  const home = join(data, 'demo');
  const file = join(home, 'signalbox.yaml');
  const repository = await prepare(data, async () => {
    await mkdir(home, { recursive: true });
    await writeFile(file, demoConfig(forge.url));
    return makeDemoRepository(join(home, 'widgets'), io.env['PATH']);
  });

  const secret = randomBytes(16).toString('hex');
  const env = {
    ...io.env,
    SIGNALBOX_DEMO_SECRET: secret,
    SIGNALBOX_DEMO_TOKEN: randomBytes(16).toString('hex'),
  };
  const [port, adminPort] = [await freePort(usualPort.public), await freePort(usualPort.admin)];
  const read = () => readConfig({ ...io, env }, file, { ...noOverrides, port, adminPort });
  const log = createWriteStream(join(home, 'log.jsonl'), { flags: 'a' });
  const failed = new AbortController();
  const app = await openHouse({
    config: read(),
    readConfig: async () => read(),
    writeLog: line => void log.write(line),
    life: { ...io.life, drain: AbortSignal.any([io.life.drain, failed.signal]) },
    env,
  });
  try {
    const admin = app.adminUrl ?? '';
    const api = createApi(io, { admin, public: app.publicUrl, token: app.adminToken });
    step(io, 'open', `public ${app.publicUrl}, admin ${admin}`);
    step(io, 'repository', `acme/widgets at ${repository.sha.slice(0, 12)}, made for this demo`);
    await walk(io, api, repository, secret);
    const { context, state, description } = await statuses.final;
    step(io, 'reported', `GitHub would show ${context}: ${state}, "${visible(description)}"`);
    const { url } = (await api.post('/api/sign-in-links', z.object({ url: z.url() }), {})).value;
    print(io, [
      '',
      `Green ${duration(io.now() - startedAt)} after the start. The house stays open until Ctrl-C.`,
      '',
      `  look   ${url}`,
      '         (once, within 5 minutes)',
      `  ask    ${self} events explain last`,
      `  again  ${self} send github.push --secret ${secret} --repo-url ${repository.url} --sha ${repository.sha} --branch main`,
      `  read   ${file}`,
      '',
    ]);
  } catch (error) {
    failed.abort();
    if (!io.signal.aborted) throw error;
  } finally {
    await app.closed;
    log.end();
  }
}

/** What is made before the house opens is made while nobody else uses the directory, such as a demo that runs already. */
async function prepare<Made>(data: string, make: () => Promise<Made>): Promise<Made> {
  const { claimDataDirectory } = await import('../store/data-directory.ts');
  using _claimed = await claimDataDirectory(data);
  return await make();
}

/** The push, from GitHub's door to the end of its run. */
async function walk(io: CliIo, api: Api, repository: DemoRepository, secret: string): Promise<void> {
  const edits = { repoUrl: repository.url, sha: repository.sha, branch: 'main', set: [] };
  const parcel = await pack(io.cwd, 'github.push', { edits, event: undefined, delivery: undefined, secret });
  const { receipt } = await post(io, `${api.server.public}/github`, parcel);
  step(io, 'delivered', 'a recorded GitHub push, signed as GitHub signs');
  const run = await tellStory(io, api, receipt.event, receipt.runs[0]);
  if (run?.outcome !== 'success')
    throw new SignalboxError(
      'unavailable',
      run === undefined
        ? 'no rule matched the demo push'
        : `the run of the demo ended as ${standing(run)}: ${run.reason ?? 'its log says why'}`,
    );
  step(io, 'ran', `${run.id}: success`);
}

/** What the stand-in for GitHub has heard: the first status that is not "pending". */
function createStatuses(): {
  readonly heard: (status: CommitStatus) => void;
  readonly final: Promise<CommitStatus>;
} {
  const final = Promise.withResolvers<CommitStatus>();
  // Nobody may ask for it any more when it comes too late.
  final.promise.catch(() => undefined);
  setTimeout(
    () => final.reject(new SignalboxError('unavailable', 'the report did not leave the house in time')),
    6 * reportWithinMs,
  ).unref();
  return {
    heard: status => {
      if (status.state !== 'pending') final.resolve(status);
    },
    final: final.promise,
  };
}
