import { randomUUID } from 'node:crypto';
import type { BucketConfig, Config } from '../../config/config.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { broken, type Finding, fine } from './finding.ts';

/** The database and the bucket that the configuration names; nothing where all is in the data directory. */
export async function checkElsewhere(config: Config | null): Promise<readonly Finding[]> {
  if (config === null || config.store.kind === 'sqlite') return [];
  const { url } = config.store;
  // Loaded where they are needed.
  const { lookAtDatabase } = await import('../../store/postgres/look-at.ts');
  return [
    await checked('database', () => lookAtDatabase(url)),
    ...(config.logs === null ? [] : [await checkBucket(config.logs)]),
  ];
}

/** By writing and deleting an object: the only honest test. */
async function checkBucket(settings: BucketConfig): Promise<Finding> {
  const { openS3Bucket } = await import('../../store/object-logs/s3-bucket.ts');
  const bucket = openS3Bucket(settings);
  return checked('bucket', async () => {
    const key = `doctor-${randomUUID()}`;
    await bucket.put(key, Buffer.from('probe'));
    await bucket.get(key, 5);
    await bucket.delete(key);
    return `${bucket.name} keeps what is put there`;
  });
}

async function checked(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return fine(check, await look());
  } catch (error) {
    const { message } = SignalboxError.from(error);
    const end = message.lastIndexOf(': ');
    return broken(check, message.slice(0, end), message.slice(end + 2));
  }
}
