import { createHmac } from 'node:crypto';
import type { Random } from '../../crash/random.ts';
import { secrets } from './random-hooks.ts';

const keys = ['a', 'b', 'c', 'nul', 'a.b', 'payload', '', 'é', 'x-y', '__proto__', 'x'];
const scalars = [
  '1',
  '1.0',
  '1e3',
  '-0',
  '12345678901234567890123',
  '1E400',
  'true',
  'false',
  'null',
  '"x"',
  '"<&>"',
  '"refs/heads/main"',
  '"\\u00e9"',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '"{\\"a\\":1}"',
  '""',
  '"aGVsbG8="',
  '"a\\nb\\b\\f"',
  '"\\u2028"',
];

function randomJson(random: Random, depth: number): string {
  if (depth === 0 || random.percent(45)) return random.pick(scalars);
  const count = random.between(0, 3);
  if (random.percent(35))
    return `[${Array.from({ length: count }, () => randomJson(random, depth - 1)).join(random.pick([',', ' , ']))}]`;
  return `{${Array.from({ length: count }, () => `${JSON.stringify(random.pick(keys))}:${randomJson(random, depth - 1)}`).join(',')}}`;
}

function payload(random: Random): Buffer {
  const object = `{${keys
    .filter(() => random.percent(45))
    .map(key => `${JSON.stringify(key)}:${randomJson(random, 3)}`)
    .join(',')}}`;
  const text = random.pick([
    object,
    object,
    object,
    object,
    randomJson(random, 2),
    `[${object}]`,
    `${object} junk`,
    object.slice(0, -2),
    `\ufeff${object}`,
    ` \n${object}`,
    '',
    'null',
  ]);
  const bytes = Buffer.from(text);
  return random.percent(5) ? Buffer.concat([bytes, Buffer.from([0xff, 0xed, 0xa0, 0x80])]) : bytes;
}

function form(random: Random): Buffer {
  const pairs = [
    'a=1',
    'a=2',
    'b=x+y%21',
    'a.b=dot',
    'payload=%7B%22a%22%3A1%7D',
    'payload=[1]',
    'nul',
    '=k',
    '%C3%A9=%C3%BC',
    'b=%ff',
    'x-y=&',
    'missing=%zz',
    'a=1;b=2',
  ];
  return Buffer.from(random.shuffled(pairs).slice(0, random.between(0, 5)).join('&'));
}

/** Without text beside elements: the two versions of the original differ there. */
function xml(random: Random): Buffer {
  const elements = [
    '<e/>',
    '<e>1</e>',
    '<e> pad\n</e>',
    '<n:e>ns</n:e>',
    '<e k="v">t</e>',
    '<f><![CDATA[<x>]]></f>',
    '<!-- c -->',
    '<f a=\'1\' b="&lt;"/>',
    '<g><e>1</e><e>2</e></g>',
    '<?pi x?>',
    '<f>&#233;</f>',
  ];
  const inner = random
    .shuffled(elements)
    .slice(0, random.between(0, 5))
    .join(random.pick(['', '\n ']));
  const root = `<r${random.pick(['', ' k="v"', ' xmlns:n="urn:x"'])}>${inner}</r>`;
  return Buffer.from(
    random.pick([
      root,
      root,
      root,
      `<?xml version="1.0"?>\n${root}`,
      `<?xml version="1.0" encoding="ISO-8859-1"?>${root}`,
      `${root}<more/>`,
      root.slice(0, -2),
      `<!DOCTYPE r [<!ENTITY e "x">]>${root}`,
      '<r>&e;</r>',
      '<r a=b></r>',
      '<r><e></r></e>',
    ]),
  );
}

function multipart(random: Random): Buffer {
  const part = (head: string, body: string) =>
    `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
  const parts = [
    part('name="a"', '1'),
    part('name="a"', '2'),
    part('name=b', 'x\r\ny'),
    part('name="payload"', '{"a":1}'),
    part('name="x"; filename="x.json"\r\nContent-Type: application/json', '{"a":[1]}'),
    part('name="c"; filename="c.json"\r\nContent-Type: application/json; charset=utf-8', '{"a":1}'),
    part('name="payload"; filename="f.bin"', '{"a":{"b":2}}'),
    part('name="nul"; filename="n.json"\r\nContent-Type: application/json', '[1]'),
    part('name=""', 'z'),
    part('name="é"', 'ü'),
    part('filename="only"', 'q'),
  ];
  const body = random.shuffled(parts).slice(0, random.between(0, 5)).join('');
  return Buffer.from(
    random.pick([
      `${body}--x--\r\n`,
      `${body}--x--\r\n`,
      `${body}--x--`,
      `preamble\r\n${body}--x--\r\nepilogue`,
      body,
      body.slice(0, -5),
      `${body}--x--\r\n`.replaceAll('\r\n', '\n'),
      '',
    ]),
  );
}

const kinds: readonly (readonly [type: string | null, body: (random: Random) => Buffer])[] = [
  ['application/json', payload],
  ['application/json', payload],
  ['application/json', payload],
  ['application/vnd.x+json; charset=utf-8', payload],
  ['application/JSON', payload],
  [null, payload],
  ['text/plain', payload],
  ['application/x-www-form-urlencoded', form],
  ['application/x-www-form-urlencoded', form],
  ['application/x-www-form-urlencoded; x=json', form],
  ['application/xml', xml],
  ['image/svg+xml', xml],
  ['multipart/form-data; boundary=x', multipart],
  ['multipart/form-data; boundary="x"', multipart],
  ['multipart/form-data', multipart],
  ['multipart/form-data;', multipart],
  ['multipart/form-data; boundary=json', multipart],
];

const queries = [
  '',
  '',
  '?a=1&a=2&b=%20x+y',
  '?payload=%7B%22a%22%3A1%7D',
  '?a=%zz&b=2',
  '?a=1;b=2&nul',
  '?a.b=9&%C3%A9=%C3%BC',
];

/** The bytes of a request to a hook. */
export function randomRequest(random: Random, id: string): Buffer {
  const [type, bodyOf] = random.pick(kinds);
  const body = bodyOf(random);
  const method = random.pick(['POST', 'POST', 'POST', 'POST', 'PUT', 'GET', 'HEAD', 'FOO']);
  const lines = [
    `${method} /hooks/${id}${random.pick(queries)} HTTP/1.1`,
    'Host: lab.local',
    ...(type === null ? [] : [`Content-Type: ${type}`]),
    `Content-Length: ${body.byteLength}`,
    ...(random.percent(60) ? [`X-Sig: ${signature(random, body)}`] : []),
    ...(random.percent(40) ? ['x-a: {"a":1}', 'X-A: second'] : []),
    ...(random.percent(20) ? ['x_under: u'] : []),
    ...(random.percent(15)
      ? [`X-Signature: ${createHmac('sha1', 'secret').update(body).update('x').digest('hex')}`, 'Date: x']
      : []),
    'Connection: close',
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}

function signature(random: Random, body: Buffer): string {
  const hash = random.pick(['sha1', 'sha256', 'sha512']);
  // A multipart body is signed as if it were empty, as the original has it.
  const hex = createHmac(hash, random.pick(secrets))
    .update(random.percent(80) ? body : '')
    .digest('hex');
  return random.pick([
    hex,
    `${hash}=${hex}`,
    `${hash}=bad,${hash}=${hex}`,
    `bad, ${hash}=${hex}`,
    hex.toUpperCase(),
    'zz',
    '',
  ]);
}
