import { z } from 'zod';
import type { BucketConfig, StoreConfig } from './config.ts';
import { httpUrl, text } from './schema-parts.ts';

/** A password that is written out in an address. */
export const writtenPassword: RegExp = /^postgres(?:ql)?:\/\/[^/@:\s]*:(?!\$\{)[^/@]+@/;

const address = /^postgres(?:ql)?:\/\/[^/]/;

const storeText = z
  .string()
  .refine(written => written === 'sqlite' || (address.test(written) && URL.canParse(written)), {
    error: 'write "sqlite", or the address of a PostgreSQL database: postgres://user@host/database',
  })
  .transform(
    (written): StoreConfig =>
      written === 'sqlite' ? { kind: 'sqlite' } : { kind: 'postgres', url: written },
  );

const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
  error: 'the name of a bucket is 3 to 63 of a-z, 0-9, "." and "-"',
});
const prefix = z.string().regex(/^[\w.-]+(\/[\w.-]+)*$/, {
  error: 'write names with "/" between them, such as signalbox/production',
});

const bucket = z
  .strictObject({
    bucket: bucketName.meta({ description: 'The name of the bucket.', examples: ['signalbox-logs'] }),
    prefix: prefix.optional().meta({
      description: 'What the names of objects begin with, where the bucket is shared with others.',
      examples: ['signalbox/production'],
    }),
    region: text(64)
      .prefault('us-east-1')
      .meta({ description: 'The region, which is part of each signature.', examples: ['eu-central-1'] }),
    endpoint: httpUrl.optional().meta({
      description: 'The address of the service; without it, that of AWS for the region.',
      examples: ['https://s3.example.org'],
    }),
    accessKeyId: text(256).meta({ description: 'The key’s name.', examples: ['${env:LOGS_KEY_ID}'] }),
    secretAccessKey: text(256).meta({ description: 'The key.', examples: ['${env:LOGS_KEY}'] }),
  })
  .transform(({ prefix, endpoint, ...rest }) => ({
    ...rest,
    prefix: prefix ?? '',
    endpoint: endpoint ?? `https://s3.${rest.region}.amazonaws.com`,
  }));

export const store: z.ZodType<StoreConfig> = storeText.prefault('sqlite').meta({
  description:
    'Where facts are kept: `sqlite`, a file in `data`, or the address of a PostgreSQL database, which several control planes may share: `postgres://user:${env:PASSWORD}@host/database`. See [scale.md](scale.md).',
  examples: ['sqlite', 'postgres://signalbox:${env:PASSWORD}@db.example.org/signalbox'],
});

export const logs: z.ZodType<BucketConfig | null> = bucket
  .optional()
  .transform(found => found ?? null)
  .meta({
    description:
      'A bucket of a service that speaks S3, where several control planes keep their logs, and read each other’s; without it, logs are files in `data`. Needs a PostgreSQL `store`.',
    examples: [
      { bucket: 'signalbox-logs', accessKeyId: '${env:LOGS_KEY_ID}', secretAccessKey: '${env:LOGS_KEY}' },
    ],
  });
