import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readRawHttp } from './raw-http.ts';
import { readSample } from './read-sample.ts';

const read = (text: string) => {
  const sample = readSample(Buffer.from(text), 7);
  return sample === null
    ? null
    : { ...sample, request: { ...sample.request, body: Buffer.from(sample.request.body).toString() } };
};

describe('samples', () => {
  test('JSON with a body that is none is sent as JSON', () => {
    assert.deepEqual(read('{"target":"/hooks/a?x=1","body":{"ref":"é"}}'), {
      id: 'a',
      request: {
        method: 'POST',
        headers: [['Content-Type', 'application/json']],
        query: 'x=1',
        body: '{"ref":"é"}',
        complete: true,
        peer: { address: '127.0.0.1', port: 0 },
        receivedAt: 7,
      },
    });
  });

  test('a text is sent as it is, and a type that is named stays', () => {
    const sample = read(
      '{"method":"PUT","headers":{"X":"é"},"query":{"a b":"1&2"},"body":"raw","remote-addr":"10.0.0.1"}',
    );
    assert.deepEqual(sample?.request.headers, [['X', Buffer.from('é').toString('latin1')]]);
    assert.equal(sample?.request.query, 'a%20b=1%262');
    assert.equal(sample?.request.body, 'raw');
    assert.equal(sample?.request.peer?.address, '10.0.0.1');
    assert.equal(sample?.id, null);
    assert.deepEqual(read('{"headers":{"content-type":"text/x"},"body":[1]}')?.request.headers, [
      ['content-type', 'text/x'],
    ]);
    assert.equal(read('{"query":"?a=1"}')?.request.query, 'a=1');
  });

  test('a request as it goes over the wire', () => {
    const sample = read(
      'POST /hooks/a%20b?x HTTP/1.1\r\nHost: h\r\nX-A:  b \r\nContent-Length: 3\r\n\r\nabcdef',
    );
    assert.equal(sample?.id, 'a b');
    assert.equal(sample?.request.query, 'x');
    assert.equal(sample?.request.body, 'abc');
    assert.deepEqual(sample?.request.headers[1], ['X-A', 'b']);
    assert.equal(sample?.request.complete, true);
  });

  test('as an editor writes it, and cut', () => {
    assert.equal(read('GET /hooks/a HTTP/1.1\nHost: h\n\nbody\n')?.request.body, 'body\n');
    assert.equal(read('POST /hooks/a HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc')?.request.complete, false);
    const chunked = readRawHttp(
      Buffer.from('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n'),
    );
    assert.equal(Buffer.from(chunked?.body ?? '').toString(), 'abcde');
    assert.equal(
      readRawHttp(Buffer.from('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab'))?.complete,
      false,
    );
  });

  test('what is neither', () => {
    for (const text of [
      '',
      'x',
      '[]',
      '{"nonsense":1}',
      'GET /a b HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nnonsense\r\n\r\n',
      'POST / HTTP/1.1\r\nContent-Length: a\r\n\r\n',
      'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
    ])
      assert.equal(read(text), null, text);
  });

  test('no bytes make it throw', () => {
    const piece = fc.constantFrom(
      'POST ',
      '/hooks/a',
      ' HTTP/1.1',
      '\r\n',
      '\n',
      ':',
      'Transfer-Encoding: chunked',
      'Content-Length: 3',
      'a',
      '{',
      '}',
      '"body":',
      '1',
      ',',
      'fffffff',
    );
    fc.assert(fc.property(fc.array(piece), pieces => void read(pieces.join(''))));
    fc.assert(fc.property(fc.uint8Array(), bytes => void readSample(bytes, 0)));
  });
});
