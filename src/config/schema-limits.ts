import { z } from 'zod';
import type { Limits, Retention } from './config.ts';
import { duration, size, whole } from './schema-parts.ts';

/** How much is accepted and done at a time. */
export const limits: z.ZodType<Limits> = z
  .strictObject({
    body: size('1KB', '256MB')
      .prefault('25MB')
      .meta({
        description: 'The largest delivery (a size); a larger one is answered 413. GitHub sends up to 25MB.',
        examples: ['5MB'],
      }),
    queue: whole(1, 10_000_000)
      .prefault(100_000)
      .meta({
        description:
          'How many runs may wait. When that many do, deliveries are answered 503 and sent again later.',
        examples: [1000],
      }),
    log: size('1KB', '100GB')
      .prefault('100MB')
      .meta({
        description: 'The largest log of one run (a size); what follows is dropped, and the log says so.',
        examples: ['10MB'],
      }),
    runs: whole(1, 1000)
      .prefault(4)
      .meta({ description: 'How many runs this server executes at a time.', examples: [2] }),
    lease: duration('1s', '10m')
      .prefault('30s')
      .meta({
        description: 'How long an agent may be silent before its attempt counts as lost (a duration).',
        examples: ['1m'],
      }),
  })
  .transform(({ body, queue, log, runs, lease }) => ({
    bodyBytes: body,
    queue,
    logBytes: log,
    runs,
    leaseMs: lease,
  }));

/** How long things are kept. */
export const retention: z.ZodType<Retention> = z
  .strictObject({
    events: duration('1s', '3650d')
      .prefault('30d')
      .meta({
        description:
          'How long events are kept, with their deliveries and runs (a duration). Unfinished runs keep theirs.',
        examples: ['7d'],
      }),
    deliveryIds: duration('1s', '3650d')
      .prefault('90d')
      .meta({
        description: 'How long a repeated delivery is recognised (a duration); longer than `events`.',
        examples: ['35d'],
      }),
    logs: duration('1s', '3650d')
      .prefault('30d')
      .meta({ description: 'How long logs are kept (a duration).', examples: ['14d'] }),
    logsTotal: size('1MB', '100TB')
      .prefault('5GB')
      .meta({
        description: 'How much room all logs may take together (a size); the oldest go first.',
        examples: ['500MB'],
      }),
  })
  .transform(({ events, deliveryIds, logs, logsTotal }) => ({
    eventsMs: events,
    deliveryIdsMs: deliveryIds,
    logsMs: logs,
    logsTotalBytes: logsTotal,
  }));
