import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sniff } from './sniff.ts';

const text = 'text/plain; charset=utf-8';

describe('what bytes look like', () => {
  const cases: readonly (readonly [bytes: string, type: string])[] = [
    ['hello\n', text],
    ['{"a":1}', text],
    ['\xff\xfex', text],
    ['\x1b[31mred', text],
    ['<!DOCTYPE html><b>x</b>', 'text/html; charset=utf-8'],
    ['  <html>', 'text/html; charset=utf-8'],
    ['<Br >', 'text/html; charset=utf-8'],
    ['<!-- x -->', 'text/html; charset=utf-8'],
    ['<bold>', text],
    ['<b', text],
    ['<?xml version="1.0"?><a/>', 'text/xml; charset=utf-8'],
    ['%PDF-1.4', 'application/pdf'],
    ['\x89PNG\r\n\x1a\n', 'image/png'],
    ['GIF89a', 'image/gif'],
    ['RIFFxxxxWEBPVP', 'image/webp'],
    ['RIFFxxxxWAVE', 'audio/wave'],
    ['\x1f\x8b\x08', 'application/x-gzip'],
    ['PK\x03\x04', 'application/zip'],
    ['\0asm', 'application/wasm'],
    ['\xfe\xff\0a', 'text/plain; charset=utf-16be'],
    ['\xff\xfea\0', 'text/plain; charset=utf-16le'],
    ['\xef\xbb\xbfa', text],
    ['\0\0\0\x14ftypmp42\0\0\0\0mp42', 'video/mp4'],
    ['\0\0\0\x14ftypxxxx\0\0\0\0xxxx', 'application/octet-stream'],
    ['\x01\x02', 'application/octet-stream'],
    [`${'a'.repeat(512)}\0`, text],
    [`${'a'.repeat(511)}\0`, 'application/octet-stream'],
  ];
  for (const [bytes, type] of cases)
    test(JSON.stringify(bytes.slice(0, 24)), () => assert.equal(sniff(Buffer.from(bytes, 'latin1')), type));

  test('any bytes look like something', () => {
    fc.assert(fc.property(fc.uint8Array(), bytes => assert.match(sniff(bytes), /^[a-z]+\/[a-z0-9.-]+/)));
  });
});
