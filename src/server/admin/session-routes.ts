import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import { SignalboxError } from '../../domain/errors.ts';
import type { ExpiringSecrets } from '../auth/expiring-secrets.ts';
import { type GuardNeeds, knownSession, sessionCookie } from '../auth/guard.ts';
import { sendPage } from './page.ts';

export interface SessionNeeds extends Pick<GuardNeeds, 'store' | 'clock' | 'adminTokenHash'> {
  readonly signInLinks: Pick<ExpiringSecrets, 'take' | 'tokenOf'>;
  readonly sessions: Pick<ExpiringSecrets, 'issue' | 'take' | 'tokenOf'>;
  readonly adminUrl: () => string;
}

/** `GET /sign-in?code=…`: a link that works once becomes a session, and leads to the start page and nowhere else. */
export function addSignIn(app: FastifyInstance, needs: SessionNeeds): void {
  app.get<{ Querystring: { code?: unknown } }>('/sign-in', async (request, reply) => {
    const { code } = request.query;
    const token = typeof code === 'string' ? await takeLink(needs, code) : undefined;
    if (token === undefined)
      return sendPage(reply, 410, 'This sign-in link no longer works', [
        'A link signs in once, and within five minutes. Have a new one made where the server runs:',
        '<code>signalbox token link</code>',
      ]);
    const { secret, expiresAt } = await needs.sessions.issue(token);
    return reply
      .setCookie(sessionCookie, secret, { ...cookie(needs), expires: new Date(expiresAt) })
      .redirect('/', 303);
  });
}

/** The token that a link stands in for. One whose token does not count here may do so at another control plane: it stays. */
async function takeLink(needs: SessionNeeds, code: string): Promise<string | undefined> {
  const known = await knownSession({ ...needs, sessions: needs.signInLinks }, code);
  return known && needs.signInLinks.take(code);
}

/**
 * `GET /api/session`: whether the browser that asks is signed in. Anybody may ask, and is refused nothing: so a page
 * begins without calls that fail.
 */
export function addSessionLook(app: FastifyInstance, needs: SessionNeeds): void {
  app.get('/api/session', { schema: { hide: true } }, async (request, reply) => {
    const session = request.cookies[sessionCookie];
    const signedIn = session !== undefined && (await knownSession(needs, session)) !== undefined;
    return reply.header('cache-control', 'no-store').send({ signedIn });
  });
}

/** `POST /api/session`: whoever shows a token may go on with a session, which a browser keeps better. */
export function addTokenSignIn(scope: FastifyInstance, needs: SessionNeeds): void {
  scope.post('/api/session', { schema: { hide: true } }, async ({ caller }, reply) => {
    // A session must not be able to outlive itself by making the next one.
    if (caller?.by !== 'token')
      throw new SignalboxError('forbidden', 'sessions begin with a token, not with a session');
    const { secret, expiresAt } = await needs.sessions.issue(caller.token);
    return reply
      .setCookie(sessionCookie, secret, { ...cookie(needs), expires: new Date(expiresAt) })
      .code(204)
      .send();
  });
}

/** `DELETE /api/session`: ends the session that asks. */
export function addSignOut(scope: FastifyInstance, needs: SessionNeeds): void {
  scope.delete('/api/session', { schema: { hide: true } }, async (request, reply) => {
    const session = request.cookies[sessionCookie];
    if (session !== undefined) await needs.sessions.take(session);
    return reply.clearCookie(sessionCookie, cookie(needs)).code(204).send();
  });
}

/** Out of reach of scripts and of other sites; over https only where we are reached over https. */
const cookie = (needs: Pick<SessionNeeds, 'adminUrl'>): CookieSerializeOptions => ({
  path: '/',
  httpOnly: true,
  sameSite: 'strict',
  secure: needs.adminUrl().startsWith('https:'),
});
