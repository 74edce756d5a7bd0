import { join, resolve } from 'node:path';
import type { Store } from '../../contracts/store.ts';
import { createLogs } from '../logs/logs.ts';
import { createObjectLogs } from '../object-logs/object-logs.ts';
import { openS3Bucket, type S3Settings } from '../object-logs/s3-bucket.ts';
import { createStore } from '../store.ts';
import { openPostgresEngine } from './client.ts';

/**
 * Opens the store in a database that other control planes may use too. Without a bucket, logs are in a data directory that
 * is this process's alone, and nobody else reads them.
 */
export async function openPostgresStore(options: {
  readonly url: string;
  readonly directory: string;
  readonly bucket: S3Settings | null;
  /** Whether what agents say of one run may reach several control planes in turn. */
  readonly sharesAgents: boolean;
  /** Hears why logs cannot be moved into the bucket; they stay in the database meanwhile. */
  readonly trouble: (error: unknown) => void;
}): Promise<Store> {
  const { url, directory, bucket, trouble } = options;
  const engine = await openPostgresEngine(url);
  const logs =
    bucket === null
      ? createLogs(join(resolve(directory), 'logs'), run => engine.call('shortLog', run))
      : createObjectLogs(engine, openS3Bucket(bucket), trouble, options.sharesAgents);
  return createStore(engine, logs);
}
