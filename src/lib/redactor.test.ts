import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { needlesOf, unmaskable } from './needles.ts';
import { createRedactor, createTextRedactor } from './redactor.ts';

/** Masks a stream that comes in pieces. */
function redact(secrets: readonly string[], pieces: readonly Uint8Array[]): Buffer {
  const redactor = createRedactor(secrets);
  return Buffer.concat([...pieces.map(piece => Buffer.from(redactor.mask(piece))), redactor.end()]);
}

const secret = `pa/ss "w+rd'&$\\ é\u{1f682}`;
const utf8 = Buffer.from(secret);
const alignments = ['', 'a', 'ab'].map(before =>
  Buffer.from(`${before}${secret} and more`).toString('base64'),
);

const encodings: Record<string, string | readonly string[]> = {
  raw: secret,
  base64: utf8.toString('base64'),
  'base64 within a longer text': alignments,
  'base64 for URLs': [
    utf8.toString('base64url'),
    ...alignments.map(text => text.replaceAll('+', '-').replaceAll('/', '_')),
  ],
  hex: [utf8.toString('hex'), utf8.toString('hex').toUpperCase()],
  'URL component': encodeURIComponent(secret),
  'URL-encoded in lower case': encodeURIComponent(secret).replace(/%../g, code => code.toLowerCase()),
  'every byte percent-encoded': [...utf8].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'form field': new URLSearchParams({ secret }).toString(),
  JSON: JSON.stringify({ secret }),
  'JSON in ASCII, slashes escaped': JSON.stringify(secret)
    .replaceAll('/', '\\/')
    .replace(/[^\0-~]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'shell, single quotes': `'${secret.replaceAll("'", "'\\''")}'`,
  'shell, double quotes': `"${secret.replace(/["$\\`]/g, '\\$&')}"`,
};

test('A68: masks a secret in every listed encoding, however the stream is cut', () => {
  for (const [name, texts] of Object.entries(encodings)) {
    for (const text of [texts].flat()) {
      const line = Buffer.from(`before ${text} after\n`);
      const masked = redact([secret], [line]);
      assert.match(masked.toString(), /^before .*\*\*\*.* after\n$/s, name);
      assert.ok(masked.length < line.length - 0.7 * utf8.length, `${name}: ${masked.toString()}`);
      const bytewise = [...line].map(byte => Buffer.from([byte]));
      assert.deepEqual(redact([secret], bytewise), masked, name);
      for (let cut = 0; cut <= line.length; cut += 1)
        assert.deepEqual(redact([secret], [line.subarray(0, cut), line.subarray(cut)]), masked, name);
    }
  }
});

test('A68: masks what common tools make of a secret', () => {
  const sh = (command: string): string =>
    execFileSync('sh', ['-c', command], { input: key, encoding: 'utf8' });
  const key = Array.from({ length: 5 }, (_, n) => `${n}Line/of+the==key`.repeat(4)).join('\n');
  for (const command of ['cat', 'base64', 'base64 -w0', 'openssl base64', 'od -An -v -tx1 | tr -d " \\n"'])
    for (const needle of ['Line/of', 'TGluZS9vZ', '4c696e652f6f66'])
      assert.ok(!createTextRedactor([key])(sh(command)).includes(needle), command);
});

test('A68: masks a secret across the border of large pieces', () => {
  const before = Buffer.alloc(64 * 1024 - 3, 'x');
  assert.equal(String(redact(['hunter2hunter2'], [before, Buffer.from('')])), before.toString());
  const pieces = [Buffer.concat([before, Buffer.from('hun')]), Buffer.from('ter2hunter2!')];
  assert.equal(String(redact(['hunter2hunter2'], pieces)), `${before.toString()}***!`);
});

test('A69: what is too short or blank is not masked, and is named', () => {
  const secrets = {
    SHORT: 'abcde',
    TRUE: 'true',
    ZERO: '0',
    EMPTY: '',
    BLANK: '        ',
    PADDED: ' abc     ',
    GOOD: 'abcdef',
  };
  assert.deepEqual(unmaskable(secrets), ['SHORT', 'TRUE', 'ZERO', 'EMPTY', 'BLANK', 'PADDED']);
  const text = 'abcde true 0          abc     ';
  assert.equal(createTextRedactor(Object.values(secrets))(text), text);
  assert.equal(createTextRedactor(Object.values(secrets))('abcdef'), '***');
});

test('A70: each line of a secret with several lines is masked', () => {
  const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\r\n  hkiG9w0BAQEFAASC  \nshort\n-----END KEY-----\n';
  const printed = 'key: MIIEvQIBADANBgkq\nkey: hkiG9w0BAQEFAASC\nshort\n';
  assert.equal(createTextRedactor([pem])(printed), 'key: ***\nkey: ***\nshort\n');
  assert.equal(createTextRedactor([pem])(`<${pem}>`), '<***\n>');
});

test('A71: secrets that overlap are masked together', () => {
  assert.equal(createTextRedactor(['abc123', 'c123xy'])('<abc123xy>'), '<***>');
  assert.equal(createTextRedactor(['abc123', 'abc123xyz'])('<abc123xyz> <abc123xy>'), '<***> <***xy>');
  assert.equal(createTextRedactor(['aaaaaa'])(`<${'a'.repeat(100)}>`), '<***>');
});

test('A71: no needle is in the output, whatever the secrets and the cuts', () => {
  const secret = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 6, maxLength: 12 }),
    fc.string({ unit: 'grapheme', minLength: 6, maxLength: 30 }).filter(text => !text.includes('*')),
  );
  const sample = fc.array(secret, { minLength: 1, maxLength: 4 }).chain(secrets => {
    const needles = needlesOf(secrets);
    const piece = fc.oneof(
      fc.constantFrom(...needles, 'x'),
      fc.constantFrom(...needles, 'x').map(needle => needle.slice(0, -1)),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 10 }),
    );
    return fc.record({
      secrets: fc.constant(secrets),
      needles: fc.constant(needles),
      text: fc.array(piece).map(pieces => Buffer.from(pieces.join(''))),
      cuts: fc.array(fc.nat(200)),
    });
  });
  fc.assert(
    fc.property(sample, ({ secrets, needles, text, cuts }) => {
      const places = [0, ...cuts.map(cut => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((place, index) => text.subarray(places[index], place));
      const masked = redact(secrets, pieces);
      for (const needle of needles) assert.ok(!masked.includes(needle), needle);
      assert.deepEqual(masked, redact(secrets, [text]), 'the cuts make no difference');
    }),
    { numRuns: 500 },
  );
});

test('what holds no secret passes byte for byte, and without a copy where nothing has to wait', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), pieces => {
      const whole = Buffer.concat(pieces);
      fc.pre(!whole.includes('hunter2'));
      assert.deepEqual(redact(['hunter2'], pieces), whole);
    }),
  );
  const bytes = Buffer.from('nothing to see here\n');
  assert.equal(createRedactor([]).mask(bytes), bytes);
  assert.equal(createRedactor(['hunter2']).mask(bytes).buffer, bytes.buffer);
});

test('only what may be the beginning of a secret waits', () => {
  const redactor = createRedactor(['hunter2']);
  assert.equal(String(redactor.mask(Buffer.from('login: hunter'))), 'login: ');
  assert.equal(String(redactor.mask(Buffer.from('s\n'))), 'hunters\n');
  assert.equal(String(redactor.mask(Buffer.from('hunter'))), '');
  assert.equal(String(redactor.end()), 'hunter');
  assert.equal(String(redactor.end()), '');
});

test('a secret without end does not make it wait without end', () => {
  const redactor = createRedactor(['aaaaaa']);
  const told = Array.from({ length: 50 }, () => redactor.mask(Buffer.alloc(1000, 'a')));
  assert.equal(Buffer.concat(told).toString(), '***');
  assert.equal(String(redactor.end()), '');
});
