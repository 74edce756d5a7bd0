import type { Server } from 'node:http';
import { resolve } from 'node:path';
import { createBodyRoom } from '../../../lib/body-room.ts';
import { accessLine } from '../../../lib/go-http/access-line.ts';
import { createFace, faceLimits } from '../../../lib/go-http/face.ts';
import type { HttpHandler } from '../../../lib/go-http/message.ts';
import { requestIdOf } from '../../../lib/go-http/request-id.ts';
import { readTls } from '../../../lib/listen/go-tls.ts';
import { become } from '../../../lib/listen/identity.ts';
import { inheritedSocket } from '../../../lib/listen/inherited-socket.ts';
import { holdPidFile } from '../../../lib/listen/pid-file.ts';
import { openAt, type Place } from '../../../lib/listen/place.ts';
import { watchFiles } from '../../../lib/watch-files.ts';
import { checkFile } from '../../../sources/hooks/check/check-file.ts';
import type { PlacedFinding } from '../../../sources/hooks/check/finding.ts';
import type { HooksFile } from '../../../sources/hooks/file/read-hooks.ts';
import { type HookFiles, openHookFiles } from '../../../sources/hooks/hook-files.ts';
import { type ServeNeeds, serveHooks } from '../../../sources/hooks/serve-hooks.ts';
import type { CliIo } from '../../io.ts';
import { templateWorld } from '../../template-world.ts';
import type { WebhookHouse, WebhookHouseNeeds } from './house.ts';
import { openLog, type WebhookLog } from './log.ts';
import type { WebhookOptions } from './options.ts';

/** A save is over when it is quiet for so long; a person does not notice it. */
const quietMs = 150;
/** Where a file system gives no signs of change, it is noticed after so long. */
const lookMs = 10_000;
/** Requests that are under way when the end comes have this long: less than service managers wait before they kill. */
const closeMs = 60_000;
/** Room for so many of the longest bodies: nobody who sends more of them at a time is known. */
const longestAtATime = 4;
/** While closing, idle connections are looked for this often. */
const tidyMs = 50;

export interface FrameNeeds {
  readonly io: Pick<CliIo, 'env' | 'cwd' | 'now' | 'stdout' | 'stderr' | 'life'>;
  readonly pid: number;
  /** Called once, when the process is who it is to be. It is closed when nobody is answered any more. */
  readonly openHouse: (needs: Pick<WebhookHouseNeeds, 'log' | 'hooks' | 'url'>) => Promise<WebhookHouse>;
}

/** A server that looks like the original from outside. Disposing it stops it, and waits a while for what is under way. */
export interface Frame extends AsyncDisposable {
  /** Where it is reached from this machine, without the prefix of hooks. */
  readonly url: string;
  readonly adminUrl: string | null;
  readonly log: WebhookLog;
  /** Reads the hooks files again. */
  reload(): void;
}

export type FrameOpened =
  | { readonly result: 'open'; readonly frame: Frame }
  /** It said why; exit code 1. */
  | { readonly result: 'refused' };

/**
 * Opens the server in the order of the original: it binds, becomes another user, opens the log, writes the pid file, reads
 * the hooks, and answers. What comes in before it answers waits.
 */
export async function openFrame(needs: FrameNeeds, options: WebhookOptions): Promise<FrameOpened> {
  const { io } = needs;
  await using opening = new AsyncDisposableStack();
  const here = (path: string): string => resolve(io.cwd, path);
  const toStderr = { now: io.now, write: (text: string) => io.stderr.write(text) };
  let log = openLog({ ...toStderr, verbose: options.verbose, file: null });
  opening.defer(() => log[Symbol.dispose]());
  const house = opening.use(new AsyncDisposableStack());
  try {
    const server = faceOf(options, here, () => log);
    opening.defer(() => closeServer(server.face, io.life.abandon));
    opening.defer(() => server.give(unopened));
    const reachable = await openAt(server.face, placeOf(options, needs));
    if (options.identity !== null) become(options.identity);
    if (options.logFile !== null) log = openLog({ ...toStderr, verbose: true, file: here(options.logFile) });
    if (options.pidFile !== null) opening.use(pidFile(here(options.pidFile)));
    log.line(`version ${likeVersion} starting`);
    const files = openHookFiles(
      {
        reading: readingOf(needs, options),
        directory: io.cwd,
        check: file => findingsIn(needs, options, file),
        log: log.line,
      },
      options.files,
    );
    if (files.hooks().length === 0 && !options.verbose && !options.startWithoutHooks) {
      io.stdout.write(noHooks);
      return { result: 'refused' };
    }
    const url = urlOf(options, reachable);
    const { accept, adminUrl, dataDir } = house.use(
      await needs.openHouse({ log, hooks: () => files.hooks(), url }),
    );
    server.give(handlerOf(needs, options, files, accept, log));
    if (options.hotReload) opening.use(watchHooks(options.files.map(here), files, log));
    log.line(`runs and their logs: ${adminUrl ?? 'no door'}, kept in ${dataDir}`);
    log.line(`serving hooks on ${url}/${options.urlPrefix}/{id}`);
    const open = opening.move();
    return {
      result: 'open',
      frame: {
        url,
        adminUrl,
        log,
        reload: () => void files.reload('keep'),
        [Symbol.asyncDispose]: () => open.disposeAsync(),
      },
    };
  } catch (error) {
    log.fatal(sentence(error));
    return { result: 'refused' };
  }
}

/** The version whose behaviour this is. */
export const likeVersion = '2.8.2';

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const urlOf = ({ tls }: Pick<WebhookOptions, 'tls'>, reachable: string): string =>
  reachable.startsWith('unix:') ? reachable : `${tls === null ? 'http' : 'https'}://${reachable}`;

/** For what came in while the opening failed. */
const unopened: HttpHandler = () => Promise.reject(new Error('the server did not open'));

function faceOf(
  { longestBodyBytes, tls, requestId }: WebhookOptions,
  here: (path: string) => string,
  log: () => WebhookLog,
): { readonly face: Server; readonly give: (handler: HttpHandler) => void } {
  const given = Promise.withResolvers<HttpHandler>();
  const face = createFace(async request => (await given.promise)(request), {
    tls: tls === null ? null : readTls({ ...tls, cert: here(tls.cert), key: here(tls.key) }),
    limits: faceLimits,
    room: createBodyRoom(longestAtATime * longestBodyBytes),
    nameRequest: headers => requestIdOf(headers, requestId),
    answered: (request, answer) => log().line(accessLine(request, answer)),
    failed: ({ id }, error) => log().fatal(`[${id}] error: ${sentence(error)}`),
  });
  return { face, give: given.resolve };
}

function placeOf({ place }: WebhookOptions, { io, pid }: Pick<FrameNeeds, 'io' | 'pid'>): Place {
  const fd = inheritedSocket(io.env, pid);
  if (fd !== null) return { kind: 'inherited', fd };
  return place.kind === 'socket' ? { kind: 'socket', path: resolve(io.cwd, place.path) } : place;
}

function pidFile(path: string): Disposable {
  try {
    return holdPidFile(path);
  } catch (cause) {
    throw new Error(`Error creating pidfile: ${sentence(cause)}`, { cause });
  }
}

function readingOf({ io }: Pick<FrameNeeds, 'io'>, { behaviour, template }: WebhookOptions) {
  return {
    behaviour,
    template: template ? templateWorld(io) : null,
    references: { env: io.env, directory: io.cwd },
  };
}

function findingsIn(
  { io }: Pick<FrameNeeds, 'io'>,
  { behaviour, template }: WebhookOptions,
  file: HooksFile,
): readonly PlacedFinding[] {
  if (!behaviour.has('checkFiles')) return [];
  const programs = { cwd: io.cwd, path: io.env['PATH'] ?? '' };
  return checkFile({ behaviour, isTemplate: template, programs }, file);
}

function handlerOf(
  { io }: FrameNeeds,
  { behaviour, headers, longestBodyBytes, methods, multipartMemoryBytes, urlPrefix }: WebhookOptions,
  files: HookFiles,
  accept: ServeNeeds['accept'],
  log: WebhookLog,
): HttpHandler {
  return serveHooks(
    {
      hooks: () => files.hooks(),
      accept,
      aim: null,
      elsewhere: null,
      now: io.now,
      log: ({ id }, line) => log.line(`[${id}] ${line}`),
    },
    { behaviour, headers, methods, multipartMemoryBytes, longestBodyBytes, urlPrefix, async: false },
  );
}

function watchHooks(paths: readonly string[], files: HookFiles, log: WebhookLog): Disposable {
  for (const path of paths) log.line(`setting up file watcher for ${path}`);
  return watchFiles(paths, {
    quietMs,
    lookMs,
    changed: () => {
      log.line('hooks files modified');
      files.reload('drop');
    },
    failed: error => log.fatal(`error watching hooks files: ${sentence(error)}`),
  });
}

/** Listens no more; resolves when every request that came in is answered, or the time is over. */
async function closeServer(server: Server, abandon: AbortSignal): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>(done => {
    server.close(() => done());
  });
  // A connection whose last answer is out would be kept for a next request.
  const tidy = setInterval(() => server.closeIdleConnections(), tidyMs);
  const cut = () => server.closeAllConnections();
  const late = setTimeout(cut, closeMs);
  abandon.addEventListener('abort', cut);
  if (abandon.aborted) cut();
  await closed;
  abandon.removeEventListener('abort', cut);
  clearTimeout(late);
  clearInterval(tidy);
}

const noHooks = `couldn't load any hooks from file!
aborting webhook execution since the -verbose flag is set to false.
If, for some reason, you want webhook to start without the hooks, either use -verbose flag, or -nopanic
`;
