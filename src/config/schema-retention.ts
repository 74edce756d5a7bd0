import { z } from 'zod';
import type { Retention } from './config.ts';
import { duration, size } from './schema-parts.ts';

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
