import { createHmac, hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { S3Settings } from '../../src/store/object-logs/s3-bucket.ts';

/** How the service behaves: well, or in one of the ways in which services do not. */
export type Mood =
  | { readonly kind: 'well' }
  | { readonly kind: 'refuses'; readonly status: number; readonly code: string; readonly times: number }
  | { readonly kind: 'cuts short'; readonly times: number }
  | { readonly kind: 'hangs up'; readonly times: number };

/** A service that speaks as much S3 as logs need: objects by path, every request's signature and body checked. */
export interface FakeS3 extends AsyncDisposable {
  readonly settings: S3Settings;
  readonly objects: ReadonlyMap<string, Uint8Array>;
  /** What was asked of it, as `PUT /bucket/key 200`. */
  readonly asked: readonly string[];
  mood: Mood;
}

const secret = 'kept-secret-by-both';

export async function startFakeS3(): Promise<FakeS3> {
  const objects = new Map<string, Uint8Array>();
  const asked: string[] = [];
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const fake: FakeS3 = {
    settings: {
      endpoint: `http://127.0.0.1:${address.port}`,
      region: 'eu-test-1',
      bucket: 'logs',
      prefix: 'a/b',
      accessKeyId: 'signalbox',
      secretAccessKey: secret,
    },
    objects,
    asked,
    mood: { kind: 'well' },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  /** Whether the present mood holds for one more request. */
  function isStill(kind: Mood['kind']): boolean {
    const { mood } = fake;
    if (mood.kind !== kind || mood.kind === 'well') return false;
    fake.mood = mood.times > 1 ? { ...mood, times: mood.times - 1 } : { kind: 'well' };
    return true;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const path = decodeURIComponent(request.url ?? '');
    const answer = (status: number, code: string, bytes: Uint8Array = new Uint8Array()): void => {
      asked.push(`${request.method} ${path} ${status}`);
      const sent = code === '' ? bytes : Buffer.from(`<Error><Code>${code}</Code></Error>`);
      response.writeHead(status, { 'content-length': sent.length }).end(sent);
    };
    const { mood } = fake;
    if (mood.kind === 'refuses' && isStill('refuses')) return answer(mood.status, mood.code);
    if (isStill('hangs up')) return void request.socket.destroy();
    const why = refusal(request, body);
    if (why !== undefined) return answer(403, why);
    if (!path.startsWith('/logs/')) return answer(404, 'NoSuchBucket');
    const found = objects.get(path);
    if (request.method === 'PUT') {
      objects.set(path, new Uint8Array(body));
      return answer(200, '');
    }
    if (request.method === 'DELETE') {
      objects.delete(path);
      return answer(204, '');
    }
    if (found === undefined) return answer(404, 'NoSuchKey');
    if (!isStill('cuts short')) return answer(200, '', found);
    response.writeHead(200, { 'content-length': found.length });
    response.write(found.subarray(0, found.length / 2), () => response.destroy());
  }

  return fake;
}

/** Why a request is not let in; undefined when its signature (AWS, version 4) and its body are right. */
function refusal(request: IncomingMessage, body: Uint8Array): string | undefined {
  const { method = '', url = '', headers } = request;
  const parsed =
    /^AWS4-HMAC-SHA256 Credential=signalbox\/(\d{8})\/(eu-test-1)\/(s3)\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (parsed === null) return 'InvalidAccessKeyId';
  const [, day = '', region = '', service = '', names = '', signature] = parsed;
  const time = String(headers['x-amz-date']);
  const contentHash = String(headers['x-amz-content-sha256']);
  if (contentHash !== hash('sha256', body, 'hex')) return 'XAmzContentSHA256Mismatch';
  if (!names.split(';').includes('host') || !names.includes('x-amz-content-sha256')) return 'AccessDenied';
  const [path = '', query = ''] = url.split('?');
  const canonical = [
    method,
    path,
    query,
    ...names.split(';').map(name => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    contentHash,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hash('sha256', canonical, 'hex')].join('\n');
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}
