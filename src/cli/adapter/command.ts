import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { noOverrides } from '../../config/assemble.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { decisionSchema } from '../../server/json/decision.ts';
import { type Api, createApi } from '../client.ts';
import { exitCodes } from '../exit-codes.ts';
import { followLog } from '../follow-log.ts';
import { type CliIo, say } from '../io.ts';
import { connect, type Options, withServer } from '../server-options.ts';
import { type AdapterRequest, readRequest } from './request.ts';

interface AdapterOptions extends Options {
  readonly rule: string | undefined;
  readonly config: string | undefined;
}

export function register(program: Command, io: CliIo): void {
  withServer(
    program
      .command('adapter')
      .description('a Radicle CI adapter: runs the request on stdin')
      .option('--rule <name>', 'the rule that runs (default: $SIGNALBOX_RULE)')
      .option('--config <file>', 'run it here, with this configuration, instead of by a server that runs'),
  )
    .addHelpText('after', '\nExample: signalbox adapter --rule ci < request.json')
    .action((options: AdapterOptions) => adapter(io, options));
}

/** Brokers give one line, and close; more than this is none of theirs. */
const stdinMs = 30_000;

async function adapter(io: CliIo, options: AdapterOptions): Promise<void> {
  const rule = options.rule ?? io.env['SIGNALBOX_RULE'];
  if (!rule) throw new SignalboxError('invalid', 'say which rule runs: --rule NAME, or SIGNALBOX_RULE');
  const request = readRequest(await readStdin());
  if (options.config === undefined) {
    const api = await connect(io, options);
    return answer(io, api, { rule, ...request, page: run => `${api.server.admin}/#/runs/${run}` });
  }
  // A house that closes with its run has no page to be looked at.
  await embedded(io, options, options.config, api => answer(io, api, { rule, ...request, page: null }));
}

interface Wish extends AdapterRequest {
  readonly rule: string;
  /** Where people see a run; null: nowhere. */
  readonly page: ((run: string) => string) | null;
}

/** Starts the run, and says on stdout what a broker listens for; the run's log goes to stderr, which brokers keep. */
async function answer(io: CliIo, api: Api, { rule, repository, commit, page }: Wish): Promise<void> {
  const wish = { repo: repository.replace(/^rad:/, 'rad://'), ref: commit };
  const path = `/api/rules/${encodeURIComponent(rule)}/run`;
  const [run] = (await api.post(path, decisionSchema, wish)).value.runs;
  if (run === undefined) throw new SignalboxError('unavailable', `rule "${rule}" has started no run`);
  const link = page === null ? {} : { info_url: page(run) };
  respond(io, { response: 'triggered', run_id: { id: run }, ...link });
  try {
    const { outcome, reason } = await followLog(io, api, `/api/runs/${run}`, async line =>
      say(io, line.text),
    );
    if (reason !== null) say(io, reason);
    respond(io, { response: 'finished', result: outcome === 'success' ? 'success' : 'failure' });
    io.exitWith(outcome === 'success' ? exitCodes.ok : exitCodes.failed);
  } catch (error) {
    // Whoever ends an adapter wants an end of what it has started.
    if (io.signal.aborted) await cancel(io, api, run);
    // A broker that hears nothing knows nothing: what cannot be followed has not succeeded.
    respond(io, { response: 'finished', result: 'failure' });
    throw error;
  }
}

/** Brokers grant an adapter a moment between asking it to end and ending it. */
const cancelMs = 5_000;

async function cancel(io: CliIo, { server }: Api, run: string): Promise<void> {
  const api = createApi({ signal: AbortSignal.timeout(cancelMs) }, server);
  try {
    await api.post(`/api/runs/${run}/cancel`, z.unknown());
  } catch (error) {
    say(io, `run ${run} goes on: ${SignalboxError.from(error).message}`);
  }
}

const respond = (io: Pick<CliIo, 'stdout'>, response: object): void =>
  io.stdout.write(`${JSON.stringify(response)}\n`);

/** A house for this one run. */
async function embedded(
  io: CliIo,
  options: AdapterOptions,
  file: string,
  use: (api: Api) => Promise<void>,
): Promise<void> {
  const { readConfig } = await import('../config-file.ts');
  const { openHouse } = await import('../house.ts');
  const overrides = {
    ...noOverrides,
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    data: options.data,
  };
  const config = readConfig(io, file, overrides);
  const over = new AbortController();
  const app = await openHouse({
    config,
    readConfig: async () => config,
    // The run's own log is what the broker keeps.
    writeLog: () => {},
    life: { ...io.life, drain: AbortSignal.any([io.life.drain, over.signal]) },
    env: io.env,
    watchesNode: false,
  });
  try {
    await use(createApi(io, { admin: app.adminUrl ?? '', public: app.publicUrl, token: app.adminToken }));
  } finally {
    over.abort();
    await app.closed;
  }
}

async function readStdin(): Promise<string> {
  const late = new AbortController();
  const timer = sleep(stdinMs, undefined, { signal: late.signal }).then(
    () => process.stdin.destroy(new Error('no request came on stdin')),
    () => undefined, // it came
  );
  try {
    return await text(process.stdin);
  } catch (error) {
    throw new SignalboxError('invalid', `no request came on stdin within ${stdinMs / 1000} s`, {
      cause: error,
    });
  } finally {
    late.abort();
    await timer;
  }
}
