import { randomUUID } from 'node:crypto';
import type { BucketConfig, Config } from '../../config/config.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { broken, type Finding, fine } from './finding.ts';

/** What the configuration names beyond this machine: RabbitMQ, the database and the bucket. */
export async function checkElsewhere(config: Config | null): Promise<readonly Finding[]> {
  return config === null ? [] : [...(await checkTransport(config)), ...(await checkStore(config))];
}

async function checkTransport({ transport }: Config): Promise<readonly Finding[]> {
  if (transport.kind === 'embedded') return [];
  const { lookAtBroker } = await import('../../transport/rabbitmq/look-at.ts');
  return [await checked('transport', () => lookAtBroker(transport.address, Date))];
}

async function checkStore({ store, logs }: Config): Promise<readonly Finding[]> {
  if (store.kind === 'sqlite') return [];
  const { url } = store;
  // Loaded where they are needed.
  const { lookAtDatabase } = await import('../../store/postgres/look-at.ts');
  return [
    await checked('database', () => lookAtDatabase(url)),
    ...(logs === null ? [] : [await checkBucket(logs)]),
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
    return end < 0
      ? broken(check, message, 'see whether it runs, and is reached from here')
      : broken(check, message.slice(0, end), message.slice(end + 2));
  }
}
