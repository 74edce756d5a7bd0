import { z } from 'zod';
import type { TokenRecord } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { adminName } from '../auth/guard.ts';
import { hashSecret, newToken } from '../auth/secret.ts';
import { paged, wholeList } from '../json/paged.ts';
import { iso, isoOrNull } from '../json/time.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { byName, noBody, none, nothing } from './input.ts';

const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');

const tokenSchema = z
  .object({ name: z.string(), createdAt: z.iso.datetime(), lastUsedAt: z.iso.datetime().nullable() })
  .meta({ id: 'Token' });

const newTokenSchema = z
  .object({ name: z.string(), createdAt: z.iso.datetime(), token: z.string() })
  .meta({ id: 'NewToken' });

export const listTokens: Endpoint = endpoint({
  id: 'listTokens',
  summary: 'The tokens that were made; the one in the data directory is not among them',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: paged(tokenSchema),
  handle: async ({ store }) => wholeList((await store.tokens()).map(tokenJson)),
});

export const makeToken: Endpoint = endpoint({
  id: 'makeToken',
  summary: 'A new token; its value is told here and never again',
  params: none,
  query: none,
  body: z.strictObject({ name: nameSchema }),
  errors: ['conflict'],
  status: 201,
  answer: newTokenSchema,
  handle: async ({ store, clock }, { body: { name } }) => {
    const taken = name === adminName || (await store.tokens()).some(known => known.name === name);
    if (taken)
      throw new SignalboxError(
        'conflict',
        `there is a token "${name}" already: choose another name, or revoke it first`,
      );
    const token = newToken();
    const createdAt = clock.now();
    await store.addToken({ name, hash: hashSecret(token), createdAt, lastUsedAt: null });
    return { name, createdAt: iso(createdAt), token };
  },
});

export const revokeToken: Endpoint = endpoint({
  id: 'revokeToken',
  summary: 'Ends a token and the sessions that began with it',
  params: byName,
  query: none,
  body: noBody,
  errors: ['not_found'],
  status: 204,
  answer: nothing,
  handle: async ({ store }, { params: { name } }) => {
    if (!(await store.revokeToken(name)))
      throw new SignalboxError('not_found', `there is no token "${name}"`);
    return undefined;
  },
});

const tokenJson = ({ name, createdAt, lastUsedAt }: TokenRecord) => ({
  name,
  createdAt: iso(createdAt),
  lastUsedAt: isoOrNull(lastUsedAt),
});
