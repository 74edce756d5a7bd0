import {
  type DidDocument,
  getAtprotoHandle,
  getAtprotoServiceEndpoint,
  getPdsEndpoint,
} from '@atcute/identity';
import {
  CompositeDidDocumentResolver,
  CompositeHandleResolver,
  type DidDocumentResolver,
  PlcDidDocumentResolver,
  WebDidDocumentResolver,
  WellKnownHandleResolver,
} from '@atcute/identity-resolver';
import { NodeDnsHandleResolver } from '@atcute/identity-resolver-node';
import { SignalboxError } from '../../../domain/errors.ts';
import { cut } from '../../../domain/shown.ts';
import { within } from '../../../lib/within.ts';
import type { Net } from '../net.ts';
import { isDid } from './did.ts';

/** Whom a DID stands for. */
export interface Identity {
  readonly did: string;
  /** Only when it leads back to the DID: anybody can write any handle into a document. */
  readonly handle: string | null;
  /** Where the records are; null: nowhere. */
  readonly pds: URL | null;
  /** Host of the knot that has this repository, if it is one. */
  readonly knot: string | null;
}

export interface Identities {
  /** Throws `not_found`, or `unavailable` when trying again may help. */
  of(did: string, signal: AbortSignal): Promise<Identity>;
  /** Forgets what is known of a DID: something about it has changed. */
  forget(did: string): void;
  /** For who checks signatures. Asks anew every time. */
  readonly documents: DidDocumentResolver;
}

/** Keys and servers move seldom; whoever is wrong for so long is corrected by `forget`. */
const keptMs = 10 * 60_000;
const mostKept = 10_000;
/** A handle is for people to read: nothing waits longer for it. */
const handleMs = 5_000;

export function createIdentities(options: {
  readonly net: Pick<Net, 'fetch'>;
  readonly plc: string;
  /** Handles of documents are believed. */
  readonly dev: boolean;
  readonly now: () => number;
}): Identities {
  const { net, plc, dev, now } = options;
  const documents = new CompositeDidDocumentResolver<string>({
    methods: {
      plc: new PlcDidDocumentResolver({ apiUrl: plc, fetch: net.fetch }),
      web: new WebDidDocumentResolver({ fetch: net.fetch }),
    },
  });
  const handles = new CompositeHandleResolver({
    methods: { dns: new NodeDnsHandleResolver(), http: new WellKnownHandleResolver({ fetch: net.fetch }) },
  });
  const kept = new Map<string, { readonly at: number; readonly identity: Identity }>();

  async function handleOf(document: DidDocument, signal: AbortSignal): Promise<string | null> {
    const handle = getAtprotoHandle(document);
    if (handle === undefined || handle === null) return null;
    if (dev) return handle;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(handleMs)]);
    const resolved = handles.resolve(handle, { signal: limit }).catch(() => null);
    return (await within(handleMs, resolved)) && (await resolved) === document.id ? handle : null;
  }

  async function look(did: string, signal: AbortSignal): Promise<Identity> {
    if (!isDid(did)) throw new SignalboxError('not_found', `"${cut(did)}" is no DID that can be looked up`);
    const document = await documents.resolve(did, { signal }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw unresolved(did, cause);
    });
    if (document.id !== did)
      throw new SignalboxError('not_found', `the document of ${did} is about ${cut(document.id)}`);
    const knot =
      getAtprotoServiceEndpoint(document, { id: '#tangled_knot' }) ??
      getAtprotoServiceEndpoint(document, { id: '#atproto_pds' });
    const pds = getPdsEndpoint(document);
    return {
      did,
      handle: await handleOf(document, signal),
      pds: pds === undefined ? null : new URL(pds),
      knot: knot === undefined ? null : new URL(knot).host,
    };
  }

  return {
    documents,
    forget: did => void kept.delete(did),
    async of(did, signal) {
      const known = kept.get(did);
      if (known !== undefined && now() - known.at < keptMs) return known.identity;
      const identity = await look(did, signal);
      kept.delete(did);
      kept.set(did, { at: now(), identity });
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      return identity;
    },
  };
}

/** The library tells what went wrong by its classes' names, and why in the cause. */
function unresolved(did: string, cause: unknown): SignalboxError {
  if (!(cause instanceof Error)) return SignalboxError.from(cause);
  const isFinal = ['DocumentNotFoundError', 'UnsupportedDidMethodError', 'ImproperDidError'].includes(
    cause.name,
  );
  const why = cause.cause instanceof Error ? cause.cause.message : cause.message;
  return new SignalboxError(
    isFinal ? 'not_found' : 'unavailable',
    `the DID ${did} cannot be looked up: ${why}`,
    { cause },
  );
}
