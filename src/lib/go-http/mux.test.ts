import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMux } from './mux.ts';

const mux = createMux({
  'GET /': 'root',
  'GET /events': 'events',
  'GET /logs/{knot}/{rkey}/{workflow}': 'logs',
  'POST /webhooks/buildkite': 'webhook',
});

const cases: readonly (readonly [method: string, target: string, way: string])[] = [
  ['GET', '/', 'root'],
  ['GET', '', 'moved /'],
  ['HEAD', '/', 'root'],
  ['GET', '/?x=1', 'root'],
  ['GET', '/events?cursor=1', 'events'],
  ['HEAD', '/events', 'events'],
  ['GET', '/foo', 'no page'],
  ['GET', '/events/', 'no page'],
  ['GET', '/Events', 'no page'],
  ['POST', '/', 'not GET, HEAD'],
  ['POST', '/events', 'not GET, HEAD'],
  ['OPTIONS', '/events', 'not GET, HEAD'],
  ['POST', '/anything', 'not GET, HEAD'],
  ['POST', '/webhooks/buildkite', 'webhook'],
  ['GET', '/webhooks/buildkite', 'no page'],
  ['PUT', '/webhooks/buildkite', 'not GET, HEAD, POST'],
  ['GET', '/logs/a/b', 'no page'],
  ['GET', '/logs/a/b/', 'no page'],
  ['GET', '/logs/a/b/c/d', 'no page'],
  ['GET', '/logs/a/b/c', 'logs a|b|c'],
  ['GET', '/logs/a/b/test.yml?x=/y', 'logs a|b|test.yml'],
  ['GET', '/logs/knot.x:5555/3m/te%2Fst.yml', 'logs knot.x:5555|3m|te/st.yml'],
  ['GET', '/logs/a/b/a%20b+c', 'logs a|b|a b+c'],
  ['GET', '/logs/a/b/%C3%A4', 'logs a|b|ä'],
  ['GET', '/logs/a/%2e%2e/c', 'logs a|..|c'],
  ['GET', '/logs/a/b/%ff', 'bad request'],
  ['GET', '/logs/a/b/%zz', 'bad request'],
  ['GET', '/logs//b/c', 'moved /logs/b/c'],
  ['GET', '/logs/a/../b/c?q=%2f', 'moved /logs/b/c?q=%2f'],
  ['GET', '//events', 'moved /events'],
  ['POST', '/./events', 'moved /events'],
  ['GET', '/..', 'moved /'],
  ['GET', 'http://host:1/events', 'events'],
];
for (const [method, target, way] of cases)
  test(`${method} ${target}: ${way}`, () => {
    const found = mux.find(method, target);
    switch (found.result) {
      case 'found':
        return assert.equal([found.route, found.values.join('|')].join(' ').trim(), way);
      case 'moved':
        return assert.equal(`moved ${found.location}`, way);
      case 'method not allowed':
        return assert.equal(`not ${found.allow}`, way);
      case 'no page':
      case 'bad request':
        return assert.equal(found.result, way);
    }
  });
