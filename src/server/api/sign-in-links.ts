import { z } from 'zod';
import { SignalboxError } from '../../domain/errors.ts';
import { iso } from '../json/time.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { noBody, none } from './input.ts';

const linkSchema = z.object({ url: z.url(), expiresAt: z.iso.datetime() }).meta({ id: 'SignInLink' });

export const makeSignInLink: Endpoint = endpoint({
  id: 'makeSignInLink',
  summary: 'A link that signs a browser in, once, within five minutes; only for who shows a token',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 201,
  answer: linkSchema,
  handle: async ({ signInLinks, adminUrl }, { caller }) => {
    // A session must not be able to outlive itself by making the next one.
    if (caller.by !== 'token')
      throw new SignalboxError('forbidden', 'sign-in links are made with a token, not with a session');
    const { secret, expiresAt } = await signInLinks.issue(caller.token);
    return { url: new URL(`/sign-in?code=${secret}`, adminUrl()).href, expiresAt: iso(expiresAt) };
  },
});
