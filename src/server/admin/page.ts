import type { FastifyReply } from 'fastify';

/** A page for when there is nothing better: a heading and a few sentences, written by us, never by a request. */
export function sendPage(
  reply: FastifyReply,
  status: number,
  heading: string,
  sentences: readonly string[],
): FastifyReply {
  const body = sentences.map(sentence => `<p>${sentence}</p>\n`).join('');
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>signalbox</title>\n<h1>${heading}</h1>\n${body}</html>\n`,
    );
}
