import { z } from 'zod';
import { badgeReaders } from '../needs.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { noBody, none } from './input.ts';

const bytes = z.int();
const ms = z.int();

const settingsSchema = z
  .object({
    limits: z.object({ bodyBytes: bytes, queue: z.int(), logBytes: bytes, runs: z.int(), leaseMs: ms }),
    retention: z.object({ eventsMs: ms, deliveryIdsMs: ms, logsMs: ms, logsTotalBytes: bytes }),
    badges: z.enum(badgeReaders).describe('who may see badges'),
  })
  .meta({ id: 'Settings' });

export const showSettings: Endpoint = endpoint({
  id: 'showSettings',
  summary:
    'How much is accepted, done at a time and kept: as in force, which the file may say otherwise until a restart',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: settingsSchema,
  handle: async ({ settings }) => settings(),
});
