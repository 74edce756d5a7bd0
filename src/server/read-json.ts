import type { FastifyInstance } from 'fastify';
import { SignalboxError } from '../domain/errors.ts';

/** In this scope bodies are JSON, and an empty one is none at all. */
export function readJson(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(String(body)));
    } catch {
      done(new SignalboxError('invalid', 'the body is not JSON'));
    }
  });
}
