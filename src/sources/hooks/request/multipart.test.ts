import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readMultipart } from './multipart.ts';

const part = (head: string, content: string) =>
  `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
const a = part('name="a"', '1');

/** The parts as `name=content`, files with their name; null where the body is broken. */
function read(body: string | Buffer, boundary = 'x', memoryBytes = 1_000_000): readonly string[] | null {
  const parts = readMultipart(Buffer.from(body), boundary, memoryBytes);
  return (
    parts?.map(
      ({ name, filename, content }) =>
        `${name}${filename === '' ? '' : `(${filename})`}=${Buffer.from(content).toString()}`,
    ) ?? null
  );
}

describe('multipart bodies', () => {
  const cases: readonly (readonly [what: string, body: string, parts: readonly string[] | null])[] = [
    [
      'fields and files',
      `${a}${part('name=f; filename="dir/f.json"', '{}')}--x--\r\n`,
      ['a=1', 'f(f.json)={}'],
    ],
    ['no part', '--x--\r\n', []],
    ['what stands before and behind', `pre\r\n${a}--x--\r\nbehind`, ['a=1']],
    ['no line end behind the last boundary', `${a}--x--`, ['a=1']],
    ['blanks behind a boundary', `${a.replace('--x', '--x \t')}--x-- \r\n`, ['a=1']],
    ['plain line feeds', `${a}--x--\r\n`.replaceAll('\r\n', '\n'), ['a=1']],
    [
      'content with dashes and line ends',
      `${part('name="a"', '\r\n--y\r\n--xy\r\n')}--x--\r\n`,
      ['a=\r\n--y\r\n--xy\r\n'],
    ],
    ['empty content', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n--x--\r\n', ['a=']],
    ['folded headers', '--x\r\nContent-Disposition: form-data;\r\n name="a"\r\n\r\n1\r\n--x--\r\n', ['a=1']],
    [
      'parts without a name',
      `${part('name=""', '1')}${part('filename="q"', '2')}--x\r\n\r\n3\r\n--x--\r\n`,
      [],
    ],
    ['other dispositions', '--x\r\nContent-Disposition: inline; name="a"\r\n\r\n1\r\n--x--\r\n', []],
    ['cut within the head of a part', `${a}--x\r\nContent-Disposition: form-data; name="b"\r\n`, ['a=1']],
    ['empty', '', null],
    ['no boundary', 'nothing', null],
    ['another boundary', a.replaceAll('--x', '--y'), null],
    ['cut within content', a.slice(0, -2), null],
    ['cut before the last boundary', a, null],
    ['cut within a line of a head', `${a}--x\r\nContent-Dispo`, null],
    ['a head without colons', '--x\r\nnonsense\r\n\r\n1\r\n--x--\r\n', null],
    ['a folded line without a first', '--x\r\n name="a"\r\n\r\n1\r\n--x--\r\n', null],
  ];
  for (const [what, body, parts] of cases) test(what, () => assert.deepEqual(read(body), parts));

  test('a body without a boundary to look for', () => assert.equal(read(a, ''), null));

  test('the content types of a part are told as they are sent', () => {
    const body =
      '--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\nContent-Type: text/plain\r\ncontent-type: application/json\r\n\r\n1\r\n--x--\r\n';
    assert.deepEqual(readMultipart(Buffer.from(body), 'x', 1)?.[0]?.contentTypes, [
      'text/plain',
      'application/json',
    ]);
  });

  test('fields have a limit that files have not', () => {
    const large = 'y'.repeat(11 * 1024 * 1024);
    assert.equal(read(`${part('name="a"', large)}--x--`, 'x', 1024 * 1024 - 1), null);
    assert.equal(read(`${part('name="a"', large)}--x--`, 'x', 1024 * 1024)?.length, 1);
    assert.equal(read(`${part('name="a"; filename="f"', large)}--x--`, 'x', 0)?.length, 1);
  });

  test('parts are counted', () => {
    assert.equal(read(`${a.repeat(1000)}--x--`)?.length, 1000);
    assert.equal(read(`${a.repeat(1001)}--x--`), null);
  });

  test('never throws', () => {
    const piece = fc.constantFrom(
      '--x',
      '--x--',
      '\r\n',
      '\n',
      '\r',
      a,
      'Content-Disposition: form-data; name="b"',
      ':',
      ' ',
      '-',
      'é',
    );
    fc.assert(fc.property(fc.array(piece), pieces => void read(pieces.join(''))));
    fc.assert(fc.property(fc.uint8Array(), bytes => void read(Buffer.from(bytes))));
  });
});
