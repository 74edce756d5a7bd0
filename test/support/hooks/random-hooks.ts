import type { Random } from '../../crash/random.ts';

/** Names that lead somewhere in a random payload, and names that do not. */
export const names: readonly string[] = [
  'a',
  'b',
  'a.b',
  'a.b.c',
  'a.0',
  'a.01',
  'a.-1',
  'a.1.x',
  'b.0',
  'nul',
  'nul.x',
  'root',
  'root.0',
  'root.0.a',
  '',
  'a.',
  '.a',
  'é',
  'x-y',
  'payload',
  'payload.a',
  'payload.b.0',
  'toString',
  '__proto__',
  'r.-k',
  'r.e',
  'r.e.0',
  'r.#text',
  'a.length',
  'missing',
];
const headerNames = [
  'x-a',
  'X-SIG',
  'content-type',
  'host',
  'x_under',
  'x-a.b',
  'user-agent',
  'content-length',
  'X-Missing',
  '',
];
const texts = [
  '1',
  '1.0',
  'true',
  '<nil>',
  'x',
  'refs/heads/main',
  '',
  'é',
  '{"a":1}',
  'POST',
  '{}',
  'null',
  '[1,2]',
];
const patterns = [
  '^refs/',
  '(?i)MAIN$',
  '',
  '^\\d+$',
  '(?P<n>x)',
  'a|b',
  '(?=x)',
  '(a)\\1',
  '[',
  '^\\w+$',
  '^\\pL',
  '.',
  '\\z',
  '(?s).+',
  'x{2,}',
  '\\Qa.b\\E',
];
const ranges = [
  '127.0.0.1',
  '127.0.0.0/8',
  '10.0.0.0/8',
  '10.0.0.0/8 127.0.0.9/8',
  '127.0.0.1 bad',
  'bad',
  '',
  '127.0.0.1,10.0.0.1',
  '::1',
  '::ffff:127.0.0.1/128',
  '0.0.0.0/0',
  '127.0.0.1/33',
];
const types = [
  'value',
  'value',
  'value',
  'value',
  'regex',
  'regex',
  'regex',
  'payload-hmac-sha1',
  'payload-hmac-sha256',
  'payload-hmac-sha512',
  'payload-hash-sha1',
  'ip-whitelist',
  'scalr-signature',
  'bogus',
  '',
];
export const secrets: readonly string[] = ['secret', 'other', ''];
/** Names that the script of the test can show; others reach it too, but no shell can read them. */
const variables = ['MY_A', 'MY_B', 'HOOK_X', 'A B', 'MY_A=x'];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function randomArgument(random: Random): Record<string, Json> {
  const source = random.pick([
    'payload',
    'payload',
    'payload',
    'payload',
    'header',
    'url',
    'query',
    'string',
    'request',
    'raw-request-body',
    'entire-payload',
    'entire-query',
    'entire-headers',
    'Payload',
    '',
  ]);
  switch (source) {
    case 'header':
      return { source, name: random.pick(headerNames) };
    case 'request':
      return { source, name: random.pick(['method', 'Method', 'bogus']) };
    default:
      return { source, name: random.pick(names) };
  }
}

function randomMatch(random: Random): Json {
  const type = random.pick(types);
  const parameter =
    type.startsWith('payload-') && random.percent(80)
      ? { source: 'header', name: 'X-Sig' }
      : randomArgument(random);
  return {
    ...(type === '' && random.percent(50) ? {} : { type }),
    ...(random.percent(95) ? { parameter } : {}),
    ...(type === 'regex' ? { regex: random.pick(patterns) } : {}),
    ...(type === 'ip-whitelist' ? { 'ip-range': random.pick(ranges) } : {}),
    ...(type.startsWith('payload-') || type === 'scalr-signature' ? { secret: random.pick(secrets) } : {}),
    ...(type === 'value' ? { value: random.pick<Json>([...texts, 1, 1.5, true, null]) } : {}),
  };
}

function randomRule(random: Random, depth: number): Json {
  if (depth === 0 || random.percent(40)) return random.percent(5) ? {} : { match: randomMatch(random) };
  const several = () => Array.from({ length: random.between(0, 3) }, () => randomRule(random, depth - 1));
  const kind = random.pick(['and', 'or', 'not', 'or', 'and', 'both']);
  switch (kind) {
    case 'and':
      return { and: several() };
    case 'or':
      return { or: several() };
    case 'not':
      return { not: randomRule(random, depth - 1) };
    default:
      return { match: randomMatch(random), or: several(), and: random.percent(50) ? null : several() };
  }
}

/** A hook that shows what it was given, or what became of its rule. */
export function randomHook(random: Random, id: string, script: string): Record<string, Json> {
  const several = (most: number) =>
    Array.from({ length: random.between(0, most) }, () => randomArgument(random));
  const withVariable = (argument: Record<string, Json>) =>
    random.percent(60) ? { ...argument, envname: random.pick(variables) } : argument;
  return {
    id,
    'execute-command': random.percent(95) ? script : random.pick(['/no/such', 'true', '/usr', '']),
    'pass-arguments-to-command': several(6),
    ...(random.percent(50) ? { 'pass-environment-to-command': several(4).map(withVariable) } : {}),
    ...(random.percent(25)
      ? {
          'pass-file-to-command': [
            { ...randomArgument(random), envname: 'FILE_A', base64decode: random.percent(50) },
          ],
        }
      : {}),
    ...(random.percent(30) ? { 'parse-parameters-as-json': several(2) } : {}),
    ...(random.percent(75) ? { 'trigger-rule': randomRule(random, 3) } : {}),
    ...(random.percent(30) ? { 'trigger-signature-soft-failures': true } : {}),
    ...(random.percent(30)
      ? { 'trigger-rule-mismatch-http-response-code': random.pick([0, 403, 204, 999, 102, 404]) }
      : {}),
    ...(random.percent(30)
      ? { 'success-http-response-code': random.pick([0, 201, 204, 304, 299, 418, 500, 103]) }
      : {}),
    ...(random.percent(75)
      ? { 'include-command-output-in-response': true }
      : { 'response-message': random.pick(['ok', '', '<html>', '{}']) }),
    ...(random.percent(40) ? { 'include-command-output-in-response-on-error': true } : {}),
    ...(random.percent(20)
      ? {
          'response-headers': [
            {
              name: random.pick(['x-one', 'Content-Type', 'bad name', '']),
              value: random.pick(['v', 'text/css', 'a\r\nb']),
            },
          ],
        }
      : {}),
    ...(random.percent(15)
      ? {
          'incoming-payload-content-type': random.pick([
            'application/json',
            'text/xml',
            'multipart/form-data; boundary=x',
            'application/x-www-form-urlencoded',
          ]),
        }
      : {}),
    ...(random.percent(15) ? { 'http-methods': random.pick<Json>([['POST'], [' post ', 'GET'], []]) } : {}),
  };
}
