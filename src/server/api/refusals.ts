import { z } from 'zod';
import { refusalJson, refusalSchema } from '../json/delivery.ts';
import { mapPage, paged, pageOf, pageQuery } from '../json/paged.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { noBody, none } from './input.ts';

export const listRefusals: Endpoint = endpoint({
  id: 'listRefusals',
  summary: 'Deliveries that were refused, newest first, with the reason that the sender was not told',
  params: none,
  query: z.strictObject(pageQuery),
  body: noBody,
  errors: [],
  status: 200,
  answer: paged(refusalSchema),
  handle: async ({ store }, { query }) => mapPage(await store.refusals(pageOf(query)), refusalJson),
});
