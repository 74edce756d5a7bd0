import { STATUS_CODES } from 'node:http';
import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import type { ErrorCode } from '../../domain/errors.ts';
import { problemSchema, problemType, statusOf } from '../problem.ts';
import type { Endpoint } from './endpoint.ts';
import { noBody } from './input.ts';
import type { Route } from './routes.ts';

/** Every operation is behind the guard, reads input, and needs the store. */
const common: readonly ErrorCode[] = ['invalid', 'unauthenticated', 'forbidden', 'unavailable'];
/** Whoever sent many wrong tokens. */
const tooMany = 429;
/** A body that is too large, or not JSON. */
const unreadable = [413, 415];

/** An endpoint as the OpenAPI document tells it: what it takes, what it answers, and every status it may have. */
export function documentOperation(method: Route[0], { operation, success }: Endpoint): FastifySchema {
  const { id, summary, params, query, body, errors } = operation;
  const refusals = [...common, ...errors].map(code => statusOf[code]);
  const statuses = [...refusals, tooMany, ...(method === 'GET' ? [] : unreadable)];
  return {
    operationId: id,
    summary,
    params,
    querystring: query,
    ...(body === noBody ? {} : { body }),
    response: {
      [success.status]:
        Object.keys(success.content).length === 0
          ? z.undefined().describe('Done')
          : response('Done', success.content),
      ...Object.fromEntries(
        statuses.map(status => [
          status,
          response(STATUS_CODES[status] ?? '', { [problemType]: problemSchema }),
        ]),
      ),
    },
  };
}

function response(description: string, content: Readonly<Record<string, z.ZodType>>): unknown {
  const media = Object.entries(content).map(([type, schema]) => [type, { schema }]);
  return { description, content: Object.fromEntries(media) };
}
