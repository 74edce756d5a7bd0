import { getPublicKeyFromDidController, verifySig } from '@atcute/crypto';
import { getVerificationMaterial } from '@atcute/identity';
import type { DidDocumentResolver } from '@atcute/identity-resolver';
import { z } from 'zod';
import { SignalboxError } from '../../../domain/errors.ts';
import { cut } from '../../../domain/shown.ts';
import { isDid } from '../network/did.ts';
import { parseJson } from '../parse-json.ts';
import type { UsedTokens } from './used-tokens.ts';

export interface ServiceTokenNeeds {
  readonly documents: DidDocumentResolver;
  readonly used: UsedTokens;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Of this spindle, with a port where it has one. */
  readonly hostname: string;
}

/** Clocks of servers may differ by that. */
const skewSeconds = 30;
/** Tokens are made for one call, mostly with a minute to live. */
const longestLifeSeconds = 5 * 60;
/** A token of some hundred bytes. */
const mostCharacters = 4_096;
/** The one key of an account that signs for it. */
const signer = '#atproto';

const header = z.object({
  typ: z.literal('JWT'),
  alg: z.enum(['ES256', 'ES256K']),
  kid: z.literal(signer).optional(),
});
const seconds = z.int().nonnegative();
const claims = z.object({
  iss: z.string().refine(isDid),
  aud: z.string(),
  exp: seconds,
  iat: seconds.optional(),
  nbf: seconds.optional(),
  lxm: z.string(),
  jti: z.string().min(1).max(256),
});
type Claims = z.output<typeof claims>;

interface Token {
  readonly alg: z.output<typeof header>['alg'];
  readonly claims: Claims;
  /** What was signed. */
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/**
 * Who has had a token made for this method, at this spindle, now: its issuer's DID. Each is good once. Throws
 * `unauthenticated` with the reason, `overloaded`, and `unavailable` where nobody can tell whether it has been used.
 */
export async function verifyServiceToken(
  needs: ServiceTokenNeeds,
  text: string,
  method: string,
  signal: AbortSignal,
): Promise<string> {
  const token = readToken(text);
  if (token === null) throw refused('it is no service token');
  const why = whyNot(needs, token.claims, method);
  if (why !== null) throw refused(why);
  if (!(await isSigned(needs, token, signal))) throw refused('its signature is not that of its issuer');
  // Not before: whoever makes tokens up must not use up those of others, nor the room for them.
  const { iss, jti, exp } = token.claims;
  switch (await needs.used.take(iss, jti, exp * 1000)) {
    case 'new':
      return iss;
    case 'used':
      throw refused('it has been used before');
    case 'full':
      throw new SignalboxError('overloaded', 'too many calls are made: try again in some minutes');
  }
}

/** Whether the issuer's document lies on a server of the issuer's own choice; nothing else of the token is looked at. */
export function isFromAnyServer(text: string): boolean {
  return readToken(text)?.claims.iss.startsWith('did:web:') ?? false;
}

/** Null when it has not the form of one. */
function readToken(text: string): Token | null {
  const [head, payload, signature, ...more] = text.split('.');
  if (text.length > mostCharacters || !head || !payload || !signature || more.length > 0) return null;
  const read = z.tuple([header, claims]).safeParse([jsonIn(head), jsonIn(payload)]);
  if (!read.success) return null;
  const [{ alg }, said] = read.data;
  return {
    alg,
    claims: said,
    signed: new TextEncoder().encode(`${head}.${payload}`),
    signature: new Uint8Array(Buffer.from(signature, 'base64url')),
  };
}

function jsonIn(part: string): unknown {
  try {
    return parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Why its claims do not let somebody in; null when they do. */
function whyNot({ now, hostname }: ServiceTokenNeeds, claims: Claims, method: string): string | null {
  const { aud, lxm, exp, iat, nbf } = claims;
  const at = now() / 1000;
  if (!audiences(hostname).includes(aud)) return `it is for ${cut(aud)}, not for this spindle`;
  if (lxm !== method) return `it is for the method ${cut(lxm)}, not for ${method}`;
  if (exp <= at) return 'it has expired';
  if (exp > at + longestLifeSeconds) return `it lives longer than ${longestLifeSeconds / 60} minutes`;
  if ((iat ?? 0) > at + skewSeconds || (nbf ?? 0) > at + skewSeconds) return 'its time has not come yet';
  return null;
}

/** A port is written in two ways, and the service may be named behind the DID. */
function audiences(hostname: string): readonly string[] {
  const dids = [`did:web:${hostname}`, `did:web:${hostname.replace(':', '%3A')}`];
  return dids.flatMap(did => [did, `${did}#tangled_spindle`]);
}

/** A key may have been replaced: before a token is refused for its signature, the document is fetched past all caches. */
async function isSigned(needs: ServiceTokenNeeds, token: Token, signal: AbortSignal): Promise<boolean> {
  return (await fits(needs, token, false, signal)) || fits(needs, token, true, signal);
}

async function fits(
  { documents }: ServiceTokenNeeds,
  { alg, claims: { iss }, signature, signed }: Token,
  noCache: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const document = await documents.resolve(iss, { noCache, signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw refused(`its issuer ${iss} cannot be looked up`, cause);
  });
  const material = document.id === iss ? getVerificationMaterial(document, signer) : undefined;
  if (material === undefined) throw refused(`the document of its issuer ${iss} has no key ${signer}`);
  try {
    const key = getPublicKeyFromDidController(material);
    // A signature in its other form signs the same token, which is good once.
    return key.jwtAlg === alg && (await verifySig(key, signature, signed, { allowMalleableSig: true }));
  } catch {
    return false; // a key, or a signature, that is none
  }
}

const refused = (why: string, cause?: unknown): SignalboxError =>
  new SignalboxError('unauthenticated', why, { cause });
