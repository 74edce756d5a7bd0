import { hash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { SignalboxError } from '../../domain/errors.ts';
import type { Bucket } from './bucket.ts';

/** A bucket of a service that speaks S3, and who may use it. */
export interface S3Settings {
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Before every key, without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A request that got no sensible answer is repeated after these waits. */
const waitsMs = [200, 1_000];
/** For an object of some megabytes on a bad line. */
const requestMs = 30_000;
/** A service's explanation is a few hundred bytes. */
const longestExplanation = 4_096;

/** Uses a bucket by path (`endpoint/bucket/key`), which every such service understands. Every request and body is signed. */
export function openS3Bucket(settings: S3Settings): Bucket {
  const { endpoint, bucket, prefix, ...account } = settings;
  // It would repeat requests by itself, for longer than anybody wants to wait.
  const signer = new AwsClient({ ...account, service: 's3', retries: 0 });
  const name = `s3://${[bucket, prefix].filter(Boolean).join('/')} at ${endpoint}`;
  const urlOf = (key: string): string =>
    `${endpoint}/${[bucket, prefix, key].filter(Boolean).join('/').split('/').map(encodeURIComponent).join('/')}`;

  /** One try. `read` is given what the service has answered well. */
  async function once<Result>(
    method: string,
    key: string,
    body: Uint8Array | undefined,
    read: (response: Response) => Promise<Result>,
  ): Promise<Result> {
    const headers = { 'x-amz-content-sha256': hash('sha256', body ?? '', 'hex') };
    const init = body === undefined ? { method, headers } : { method, headers, body: Uint8Array.from(body) };
    const request = await signer.sign(urlOf(key), init);
    const response = await fetch(request, { signal: AbortSignal.timeout(requestMs), redirect: 'manual' });
    const isDone = response.ok || (method === 'DELETE' && response.status === 404);
    if (!isDone) throw new Refused(response.status, await explanationIn(response));
    return read(response);
  }

  async function insist<Result>(done: string, attempt: () => Promise<Result>): Promise<Result> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        const waitMs = waitsMs[tries];
        const mayPass = !(error instanceof Refused) || error.mayPass;
        if (waitMs === undefined || !mayPass) throw bucketError(name, done, error);
        await setTimeout(waitMs, undefined, { ref: false });
      }
    }
  }

  return {
    name,
    put: (key, bytes) =>
      insist('written', () => once('PUT', key, bytes, async response => void (await response.arrayBuffer()))),
    get: (key, size) =>
      insist('read', () =>
        once('GET', key, undefined, async response => {
          const bytes = new Uint8Array(await response.arrayBuffer());
          if (bytes.length !== size) throw new Error(`it gave ${bytes.length} of ${size} bytes`);
          return bytes;
        }),
      ),
    delete: key =>
      insist('deleted from', () =>
        once('DELETE', key, undefined, async response => void (await response.arrayBuffer())),
      ),
  };
}

/** An answer that says no. */
class Refused extends Error {
  readonly status: number;
  readonly mayPass: boolean;
  constructor(status: number, explanation: string) {
    super(`it answers ${status}${explanation === '' ? '' : ` ${explanation}`}`);
    this.status = status;
    this.mayPass = status >= 500 || status === 429 || status === 408;
  }
}

/** The code that the service gives in its XML, such as `NoSuchBucket`. */
async function explanationIn(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  return /<Code>(\w{1,64})<\/Code>/.exec(text.slice(0, longestExplanation))?.[1] ?? '';
}

function bucketError(name: string, done: string, error: unknown): SignalboxError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const said = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new SignalboxError('unavailable', `the bucket ${name} cannot be ${done} (${said}): ${mend(error)}`, {
    cause: error,
  });
}

function mend(error: unknown): string {
  if (!(error instanceof Refused)) return 'see whether the service runs, and is reached from here';
  if (error.status === 404)
    return 'check its name in `logs`, and whether somebody has deleted objects from it';
  if (error.status === 401 || error.status === 403)
    return 'check the keys in `logs`, what they may do there (get, put and delete objects), and this machine’s clock';
  if (error.status >= 300 && error.status < 500) return 'check `endpoint` and `region` in `logs`';
  return 'see whether the service is well';
}
