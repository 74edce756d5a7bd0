import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { P256PrivateKeyExportable, Secp256k1PrivateKeyExportable } from '@atcute/crypto';
import { now as newTid } from '@atcute/tid';
import { createServiceJwt } from '@atcute/xrpc-server/auth';
import { cidOf } from '../../../src/sources/tangled/pull/patch.ts';
import { startSocketServer } from './http-server.ts';

type Did = `did:${string}:${string}`;
type KeyKind = 'ES256' | 'ES256K';
type Keypair = Secp256k1PrivateKeyExportable | P256PrivateKeyExportable;

/** Somebody with a DID, real keys, and records on a server. */
export interface Account {
  readonly did: Did;
  readonly handle: string;
  /** Writes a record; returns its key. */
  put(collection: string, value: object, rkey?: string): string;
  remove(collection: string, rkey: string): void;
  /** Keeps a blob; returns its id. */
  blob(bytes: Buffer, type: string): string;
  /** A token for a service, as the account's server makes it. */
  token(claims: { readonly aud: string; readonly lxm: string; readonly expiresIn?: number }): Promise<string>;
  /** Signs whatever it is given as a token. */
  sign(header: object, claims: object): Promise<string>;
  /** Gives it another key. */
  rotate(kind?: KeyKind): Promise<void>;
}

/** A directory of DIDs, and a server of accounts, in one. */
export interface FakeNetwork extends AsyncDisposable {
  /** Of the directory and the server. */
  readonly url: string;
  account(handle: string, kind?: KeyKind): Promise<Account>;
  /** The DID of a repository on a knot. */
  repoDid(knot: string): Did;
  /** Points a repository's DID elsewhere. */
  move(repoDid: string, knot: string): void;
  /** Whose records cannot be had; they are answered with 503. */
  readonly away: Set<string>;
  /** Whose records are asked for without an answer. */
  readonly silent: Set<string>;
  /** The paths that were asked for, with their queries. */
  readonly requests: readonly string[];
}

export async function startFakeNetwork(): Promise<FakeNetwork> {
  const documents = new Map<string, () => Promise<object>>();
  const records = new Map<string, Map<string, object>>();
  const blobs = new Map<string, { readonly bytes: Buffer; readonly type: string }>();
  const away = new Set<string>();
  const silent = new Set<string>();
  const requests: string[] = [];

  async function answer(url: URL, response: ServerResponse): Promise<void> {
    requests.push(url.pathname + url.search);
    const json = (status: number, value: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const document = documents.get(decodeURIComponent(url.pathname.slice(1)));
    if (document !== undefined) return json(200, await document());
    const ask = (name: string): string => url.searchParams.get(name) ?? '';
    const did = ask('repo') || ask('did');
    if (silent.has(did)) return;
    if (away.has(did)) return json(503, { error: 'Away' });
    const collection = records.get(`${did} ${ask('collection')}`) ?? new Map<string, object>();
    const uri = (rkey: string): string => `at://${did}/${ask('collection')}/${rkey}`;
    switch (url.pathname) {
      case '/xrpc/com.atproto.repo.listRecords': {
        // Small pages, so that the second one is always asked for.
        const all = [...collection];
        const from = Number(ask('cursor') || 0);
        const page = all.slice(from, from + 2).map(([rkey, value]) => ({ uri: uri(rkey), cid: 'x', value }));
        return json(200, { records: page, ...(from + 2 < all.length ? { cursor: String(from + 2) } : {}) });
      }
      case '/xrpc/com.atproto.repo.getRecord': {
        const value = collection.get(ask('rkey'));
        return value === undefined
          ? json(400, { error: 'RecordNotFound' })
          : json(200, { uri: uri(ask('rkey')), cid: 'x', value });
      }
      case '/xrpc/com.atproto.sync.getBlob': {
        const blob = blobs.get(`${did} ${ask('cid')}`);
        if (blob === undefined) return json(400, { error: 'BlobNotFound' });
        return void response.writeHead(200, { 'content-type': blob.type }).end(blob.bytes);
      }
      default:
        return json(404, { error: 'MethodNotImplemented' });
    }
  }

  const server = await startSocketServer(
    (request, response) => void answer(new URL(request.url ?? '/', 'http://localhost'), response),
    () => false,
  );
  const url = `http://${server.host}`;
  const placeRepo = (did: Did, knot: string): void =>
    void documents.set(did, async () => ({
      id: did,
      service: [{ id: '#tangled_knot', type: 'TangledKnot', serviceEndpoint: `http://${knot}` }],
    }));

  return {
    url,
    away,
    silent,
    requests,
    repoDid(knot) {
      const did = newDid(`repo ${newTid()}`);
      placeRepo(did, knot);
      return did;
    },
    move: (repoDid, knot) => placeRepo(repoDid as Did, knot),
    async account(handle, kind = 'ES256K') {
      const did = newDid(handle);
      let keypair = await newKeypair(kind);
      documents.set(did, async () => ({
        '@context': ['https://www.w3.org/ns/did/v1'],
        id: did,
        alsoKnownAs: [`at://${handle}`],
        verificationMethod: [
          {
            id: `${did}#atproto`,
            type: 'Multikey',
            controller: did,
            publicKeyMultibase: await keypair.exportPublicKey('multikey'),
          },
        ],
        service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: url }],
      }));
      return {
        did,
        handle,
        put(collection, value, rkey = newTid()) {
          const key = `${did} ${collection}`;
          records.set(key, (records.get(key) ?? new Map()).set(rkey, { $type: collection, ...value }));
          return rkey;
        },
        remove: (collection, rkey) => void records.get(`${did} ${collection}`)?.delete(rkey),
        blob(bytes, type) {
          const cid = cidOf(bytes);
          blobs.set(`${did} ${cid}`, { bytes, type });
          return cid;
        },
        token: ({ aud, lxm, expiresIn }) =>
          createServiceJwt({
            keypair,
            issuer: did,
            audience: aud as Did,
            lxm: lxm as `${string}.${string}.${string}`,
            ...(expiresIn === undefined ? {} : { expiresIn }),
          }),
        async sign(header, claims) {
          const parts = [
            { typ: 'JWT', alg: keypair.jwtAlg, ...header },
            { iss: did, ...claims },
          ];
          const signed = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
          const signature = await keypair.sign(new TextEncoder().encode(signed));
          return `${signed}.${Buffer.from(signature).toString('base64url')}`;
        },
        rotate: async (kind = 'ES256K') => {
          keypair = await newKeypair(kind);
        },
      };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const newKeypair = (kind: KeyKind): Promise<Keypair> =>
  kind === 'ES256K'
    ? Secp256k1PrivateKeyExportable.createKeypair()
    : P256PrivateKeyExportable.createKeypair();

/** In the form that the directory gives: 24 characters of base 32. */
function newDid(from: string): Did {
  const digits = 'abcdefghijklmnopqrstuvwxyz234567';
  const digest = createHash('sha256').update(from).digest();
  return `did:plc:${Array.from(digest.subarray(0, 24), byte => digits[byte % 32]).join('')}`;
}
