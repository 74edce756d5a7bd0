import { z } from 'zod';
import { type Endpoint, endpoint } from './endpoint.ts';
import { noBody, none } from './input.ts';

export const lookNow: Endpoint = endpoint({
  id: 'lookNow',
  summary: 'Has the sources that watch something look now for what they may have missed',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: z.object({ looking: z.literal(true) }),
  handle: async needs => {
    needs.look();
    return { looking: true };
  },
});
