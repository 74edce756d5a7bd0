import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { route } from './route.ts';

/** `id?query` of a hook, a location, or the kind of the route. */
function way(target: string, prefix = 'hooks', method = 'POST'): string {
  const found = route(prefix, method, target);
  if (found.kind === 'hook') return `${found.id}?${found.query}`;
  return found.kind === 'moved' ? found.location : found.kind;
}

describe('routes', () => {
  const cases: readonly (readonly [target: string, way: string])[] = [
    ['/', 'root'],
    ['/?x', 'root'],
    ['/hooks/a', 'a?'],
    ['/hooks/a?b=1?c', 'a?b=1?c'],
    ['/hooks/a/b', 'a/b?'],
    ['/hooks/a/', 'a/?'],
    ['/hooks/', '?'],
    ['/hooks', 'no page'],
    ['/hooksx/a', 'no page'],
    ['/Hooks/a', 'no page'],
    ['/hooks/a%20b', 'a b?'],
    ['/hooks/%C3%A9', 'é?'],
    ['/hooks/\xc3\xa9', 'é?'],
    ['/hooks%2Fa', 'a?'],
    ['/hooks/a%3Fb', 'a?b?'],
    ['/hooks/a;x=1', 'a;x=1?'],
    ['//hooks/a', '/hooks/a'],
    ['/hooks/a/../b?q=1', '/hooks/b?q=1'],
    ['/hooks/%2e%2e/b', '/b'],
    ['/hooks/./a/', '/hooks/a/'],
    ['/hooks//é%20(1)', '/hooks/%E9%20%281%29'],
    ['http://host:1/hooks/a?q', 'a?q'],
    ['http://host', 'http://host/'],
    ['/hooks/%zz', 'bad target'],
    ['/hooks/%', 'bad target'],
    ['*', 'bad target'],
  ];
  for (const [target, wanted] of cases) test(JSON.stringify(target), () => assert.equal(way(target), wanted));

  test('about the server itself', () => assert.equal(way('*', 'hooks', 'OPTIONS'), 'server options'));

  test('prefixes', () => {
    assert.equal(way('/a', ''), 'a?');
    assert.equal(way('/', ''), 'root');
    assert.equal(way('/x/y/a', 'x/y'), 'a?');
    assert.equal(way('/any/h/a', '{t}/h'), 'a?');
    assert.equal(way('/any/other/h/a', '{t}/h'), 'no page');
    assert.equal(way('/x/a', '/x/'), 'no page');
    assert.equal(way('/a.c/x', 'a.c'), 'x?');
    assert.equal(way('/abc/x', 'a.c'), 'no page');
  });

  test('what it leads to stays where it is, and nothing makes it throw', () => {
    const target = fc
      .array(
        fc.constantFrom(
          '/',
          '.',
          '..',
          'a',
          '%2e',
          '%2F',
          '%',
          '?',
          '#',
          ' ',
          'é',
          '\xff',
          'hooks',
          ':',
          '//',
        ),
      )
      .map(parts => `/${parts.join('')}`);
    fc.assert(
      fc.property(target, target => {
        const first = route('hooks', 'GET', target);
        if (first.kind === 'moved') assert.notEqual(route('hooks', 'GET', first.location).kind, 'moved');
      }),
    );
  });
});
