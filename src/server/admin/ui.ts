import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendProblem } from '../problem.ts';
import { sendPage } from './page.ts';

/** Files with a hash of their content in their name never change. */
const forEver = 'public, max-age=31536000, immutable';

/**
 * Serves the web UI's files; paths that name none are pages of the UI, so that its addresses can be opened directly.
 * The files hold no data: they need no sign-in, the API behind them does. Without files, `/` says so.
 */
export async function addUi(app: FastifyInstance, directory: string | undefined): Promise<void> {
  if (directory === undefined || !(await isBuilt(directory))) {
    app.get('/', (_request, reply) =>
      sendPage(reply, 200, 'signalbox is running', [
        'The web UI is not built here. The API is at <a href="/api/openapi.json">/api/openapi.json</a>.',
      ]),
    );
    app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404));
    return;
  }
  await app.register(fastifyStatic, {
    root: directory,
    cacheControl: false,
    setHeaders: (reply, path) => {
      if (path.includes('/assets/')) void reply.header('cache-control', forEver);
    },
  });
  app.setNotFoundHandler((request, reply) =>
    isPage(request) ? reply.sendFile('index.html') : sendProblem(reply, 404),
  );
}

function isPage({ method, headers, url }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html') && !/\.\w+$/.test(url);
}

const isBuilt = (directory: string): Promise<boolean> =>
  stat(join(directory, 'index.html')).then(
    found => found.isFile(),
    () => false,
  );
