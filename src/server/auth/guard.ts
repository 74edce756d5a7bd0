import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../contracts/clock.ts';
import type { Store } from '../../contracts/store.ts';
import { sendProblem } from '../problem.ts';
import type { ExpiringSecrets } from './expiring-secrets.ts';
import { isOwnRequest } from './origin.ts';
import { hashSecret, sameHash } from './secret.ts';
import type { Throttle } from './throttle.ts';

/** Who asks: the name of a token, shown by itself or through a session that began with it. */
export interface Caller {
  readonly name: string;
  readonly by: 'token' | 'session';
  /** The hash of that token. */
  readonly token: string;
  /** Whether that token, or that session, is still good. */
  readonly isKnown: () => Promise<boolean>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set behind the guard. */
    caller: Caller | null;
  }
}

export const sessionCookie = 'signalbox_session';
/** The name of the token in the data directory. */
export const adminName = 'admin';

export interface GuardNeeds {
  readonly store: Pick<Store, 'tokens' | 'touchToken'>;
  readonly clock: Clock;
  readonly sessions: Pick<ExpiringSecrets, 'tokenOf'>;
  readonly throttle: Throttle;
  readonly adminTokenHash: string;
  /** Where the pages of this door come from. */
  readonly adminUrl: () => string;
}

/** Lets nobody reach the routes of this scope without a token or a session. */
export function addGuard(scope: FastifyInstance, needs: GuardNeeds): void {
  scope.decorateRequest('caller', null);
  scope.addHook('onRequest', async (request, reply) => {
    const token = bearer(request);
    const session = request.cookies[sessionCookie];
    if (token !== undefined) {
      const hash = hashSecret(token);
      const name = await nameOf(needs, hash);
      if (name === undefined) return refuseWrong(needs, request, reply);
      const isKnown = async (): Promise<boolean> => (await nameOf(needs, hash)) !== undefined;
      request.caller = { name, by: 'token', token: hash, isKnown };
    } else if (session !== undefined) {
      const known = await knownSession(needs, session);
      if (known === undefined) return refuseWrong(needs, request, reply);
      if (!isOwnRequest(request, needs.adminUrl()))
        return sendProblem(reply, 403, {
          code: 'forbidden',
          detail: 'the request does not come from a page of this server',
        });
      const isKnown = async (): Promise<boolean> => (await knownSession(needs, session)) !== undefined;
      request.caller = { ...known, by: 'session', isKnown };
    } else return refuse(reply, 'sign in, or send "Authorization: Bearer …" with a token');
  });
}

/** Who began a session, or made a link, which lasts no longer than the token that it began with; undefined when it is over. */
export async function knownSession(
  needs: Pick<GuardNeeds, 'store' | 'clock' | 'sessions' | 'adminTokenHash'>,
  session: string,
): Promise<Pick<Caller, 'name' | 'token'> | undefined> {
  const token = await needs.sessions.tokenOf(session);
  const name = token === undefined ? undefined : await nameOf(needs, token);
  return token === undefined || name === undefined ? undefined : { name, token };
}

/** The name of the token with this hash; undefined when it is not valid. */
async function nameOf(
  needs: Pick<GuardNeeds, 'store' | 'clock' | 'adminTokenHash'>,
  hash: string,
): Promise<string | undefined> {
  if (sameHash(hash, needs.adminTokenHash)) return adminName;
  const found = (await needs.store.tokens()).find(known => sameHash(known.hash, hash));
  if (found !== undefined) needs.store.touchToken(hash, needs.clock.now());
  return found?.name;
}

/**
 * Wrong proofs are slowed down by address. Right ones are not, also from an address that sent many wrong ones: a job
 * on this machine, or anyone behind the same proxy, must not be able to lock the operator out.
 */
function refuseWrong(needs: GuardNeeds, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const waitMs = needs.throttle.wrong(request.raw.socket.remoteAddress ?? '');
  return waitMs > 0
    ? sendProblem(reply, 429, {}, waitMs)
    : refuse(reply, 'the token or session is not valid');
}

function refuse(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply.header('www-authenticate', 'Bearer realm="signalbox"'), 401, {
    code: 'unauthenticated',
    detail,
  });
}

function bearer(request: FastifyRequest): string | undefined {
  return /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}
