import { z } from 'zod';
import { serverPools } from '../domain/rule.ts';
import { parseAmqpUrl } from '../lib/amqp-url.ts';
import type { AgentConfig, Transport } from './config.ts';
import { name, oneOrMany, whole } from './schema-parts.ts';

const error =
  'write "embedded", or the address of RabbitMQ such as amqp://user:password@host:5672/vhost, in which "@", ":", "/" and "%" of a name or password are written %40, %3A, %2F and %25';

/** How runs reach their agents. */
export const transport: z.ZodType<Transport> = z
  .string({ error })
  .transform((written, context): Transport => {
    if (written === 'embedded') return { kind: 'embedded' };
    const address = parseAmqpUrl(written);
    if (address !== undefined) return { kind: 'rabbitmq', address };
    context.addIssue(error);
    return z.NEVER;
  });

const servedPool = name.refine(pool => !serverPools.includes(pool), {
  error: ({ input }) => `the runs of "${String(input)}" are taken by servers alone: name another pool`,
});

/** Who an agent is, in its own file. */
export const agent: z.ZodType<AgentConfig> = z.strictObject({
  name: name.meta({
    description: "The agent's name, which no other one has. It is also its user's name in RabbitMQ.",
    examples: ['box-1'],
  }),
  pools: oneOrMany(servedPool)
    .transform(pools => [...new Set(pools)])
    .meta({
      description: 'The pools that it takes runs of: a rule names one in `pool`. Earlier ones go first.',
      examples: [['linux']],
    }),
  slots: whole(1, 1000)
    .prefault(1)
    .meta({ description: 'How many runs it executes at a time.', examples: [2] }),
});
