import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { aborted } from '../../../lib/aborted.ts';
import { cipherSuites } from '../../../lib/listen/go-tls.ts';
import { announce } from '../../../server/announce.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { CliIo } from '../../io.ts';
import { version } from '../../version.ts';
import { stateDirectory } from '../persona.ts';
import { type Frame, type FrameNeeds, likeVersion, openFrame } from './frame.ts';
import { openWebhookHouse } from './house.ts';
import { readWebhookOptions, type WebhookOptions } from './options.ts';

export interface WebhookNeeds extends Pick<FrameNeeds, 'pid'> {
  readonly io: CliIo;
}

export function register(as: Command, io: CliIo): void {
  as.command('webhook')
    .description('adnanh/webhook: its flags, hooks files, answers and log')
    // What a single dash means is for its own reader of flags to say: `personaWords` keeps them from ours.
    .argument('[flags...]', 'those of webhook 2.8, and some of our own: -help lists them')
    .addHelpText('after', '\nExample: signalbox as webhook -hooks hooks.json -verbose')
    .action((flags: readonly string[]) => webhook({ io, pid: process.pid }, flags));
}

/** Does what the words behind `as webhook` ask for, with the output and the exit codes of the original. */
export async function webhook(needs: WebhookNeeds, argv: readonly string[]): Promise<void> {
  const { io } = needs;
  const asked = readWebhookOptions(argv);
  switch (asked.wish) {
    case 'version':
      io.stdout.write(`webhook version ${likeVersion} (signalbox ${version})\n`);
      return;
    case 'list cipher suites':
      io.stdout.write(`${cipherSuites.join('\n')}\n`);
      return;
    case 'help':
      io.stderr.write(asked.text);
      return;
    case 'usage':
      io.stderr.write(asked.text);
      io.exitWith(exitCodes.usage);
      return;
    case 'refused':
      io.stdout.write(`${asked.text}\n`);
      io.exitWith(exitCodes.failed);
      return;
    case 'serve':
      return serve(needs, asked.options);
  }
}

async function serve(needs: WebhookNeeds, options: WebhookOptions): Promise<void> {
  const { io } = needs;
  const opening = Promise.withResolvers<Frame>();
  // Heard from the beginning: a signal to a server that is still opening must not end it.
  using _reloads = onReloadSignals(opening.promise);
  // Found and made now: who it becomes may not do that, and would look for it elsewhere.
  const data = resolve(io.cwd, options.data ?? stateDirectory(io.env, 'webhook'));
  if (options.identity !== null) makeFor(data, options.identity);
  const openHouse: FrameNeeds['openHouse'] = opening =>
    openWebhookHouse({ ...opening, io }, { ...options, data });
  const opened = await openFrame({ ...needs, openHouse }, options);
  if (opened.result === 'refused') {
    io.exitWith(exitCodes.failed);
    return;
  }
  await using frame = opened.frame;
  opening.resolve(frame);
  if (options.readyFile !== undefined)
    await announce(resolve(io.cwd, options.readyFile), {
      pid: needs.pid,
      public: frame.url,
      admin: frame.adminUrl,
    });
  await aborted(io.life.drain);
  frame.log.line('caught terminated signal; exiting');
}

/** A directory that is somebody's own, if this user may make one. What is wrong with it is said by who opens it. */
function makeFor(directory: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  if (existsSync(directory) || process.getuid?.() !== 0) return;
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  chmodSync(directory, 0o700);
  chownSync(directory, uid, gid);
}

/** Both ask for the hooks files to be read again. */
function onReloadSignals(opening: Promise<Frame>): Disposable {
  const signals = ['SIGHUP', 'SIGUSR1'] as const;
  const listeners = signals.map(signal => {
    const listener = () =>
      void opening.then(frame => {
        frame.log.line(`caught ${signal.slice(3)} signal`);
        frame.reload();
      });
    process.on(signal, listener);
    return () => void process.off(signal, listener);
  });
  return {
    [Symbol.dispose]: () => {
      for (const off of listeners) off();
    },
  };
}
