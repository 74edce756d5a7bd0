import type { ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import { now as newTid } from '@atcute/tid';
import type { TestRepository } from '../git-repository.ts';
import { answerGit } from '../git-server.ts';
import { startSocketServer } from './http-server.ts';

/** A repository of a knot. */
export interface KnotRepo {
  readonly ownerDid: string;
  readonly name: string;
  /** Null: the knot is of the first generation. */
  readonly repoDid: string | null;
  /** Of its record. */
  readonly rkey: string;
  readonly repository: TestRepository;
}

/** A knot: its events, what it answers, and its repositories over git. It keeps its events, and gives them again. */
export interface FakeKnot extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** The cursors with which it was asked for events, in order; null: without one. */
  readonly cursors: readonly (string | null)[];
  /** How often it was asked for a sign of life. */
  pings(): number;
  /** How many follow it now. */
  followers(): number;
  add(repo: KnotRepo): void;
  /** Who may push, by the repository's DID; null: it does not know the question. */
  collaborators: Map<string, readonly string[]> | null;
  /** Answers every question with 503, and closes no socket. */
  isSilent: boolean;
  /** Tells of something; returns the record's key. */
  emit(nsid: string, event: unknown, rkey?: string): string;
  /** Tells of a push in the way of later knots. */
  push(repo: KnotRepo, pushed: Pushed): string;
  /** Tells of a push in the way of the first knots: with its workflows. */
  pipeline(repo: KnotRepo, pushed: Pushed, workflows: readonly unknown[]): string;
  /** Sends a frame as it is to all who follow. */
  send(frame: string | Buffer): void;
  /** Breaks all connections. */
  drop(): void;
}

export interface Pushed {
  /** `main` */
  readonly branch?: string;
  readonly ref?: string;
  readonly oldSha?: string;
  readonly newSha: string;
  readonly changedFiles?: readonly string[];
  readonly pushOptions?: readonly string[];
  readonly committerDid?: string;
}

const zeros = '0'.repeat(40);

export async function startFakeKnot(
  options: {
    /** Events bear no time, and come only while somebody listens. */
    readonly firstGeneration?: boolean;
  } = {},
): Promise<FakeKnot> {
  const isFirst = options.firstGeneration === true;
  const repos: KnotRepo[] = [];
  const log: { readonly created: bigint; readonly frame: string }[] = [];
  const cursors: (string | null)[] = [];
  let last = 0n;
  let pings = 0;

  const server = await startSocketServer(
    (request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (knot.isSilent) return void response.writeHead(503).end();
      if (url.pathname.startsWith('/xrpc/')) return answer(url, response);
      const repo = repos.find(each => prefixes(each).some(prefix => url.pathname.startsWith(`${prefix}/`)));
      const prefix = repo && prefixes(repo).find(prefix => url.pathname.startsWith(`${prefix}/`));
      if (repo === undefined || prefix === undefined) return void response.writeHead(404).end();
      const { directory } = repo.repository;
      const path = `/${basename(directory)}${url.pathname.slice(prefix.length)}`;
      return answerGit(dirname(directory), path, request, response, false);
    },
    (socket, url) => {
      if (url.pathname !== '/events' || knot.isSilent) return false;
      const cursor = url.searchParams.get('cursor');
      cursors.push(cursor);
      socket.on('ping', () => (pings += 1));
      if (!isFirst || cursor !== null)
        for (const { created, frame } of log) if (created > BigInt(cursor ?? 0)) socket.send(frame);
      return true;
    },
  );

  function answer(url: URL, response: ServerResponse): void {
    const json = (status: number, value: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const asked = ['repoDid', 'subject', 'repo'].map(name => url.searchParams.get(name)).find(Boolean);
    const repo = repos.find(({ repoDid }) => repoDid === asked);
    const method = url.pathname.replace('/xrpc/sh.tangled.repo.', '');
    if (isFirst) return json(404, { error: 'MethodNotImplemented' });
    if (repo === undefined) return json(400, { error: 'RepoNotFound', message: `no ${asked}` });
    const { repoDid, ownerDid, rkey } = repo;
    switch (method) {
      case 'describeRepo':
        return json(200, { repoDid, ownerDid, rkey });
      case 'getDefaultBranch':
        return json(200, { name: 'main' });
      case 'listCollaborators': {
        if (knot.collaborators === null) break;
        const items = (knot.collaborators.get(repoDid ?? '') ?? []).map(subject => ({ subject }));
        return json(200, { items });
      }
    }
    return json(404, { error: 'MethodNotImplemented' });
  }

  const knot: FakeKnot = {
    host: server.host,
    cursors,
    pings: () => pings,
    followers: () => server.sockets.size,
    add: repo => void repos.push(repo),
    collaborators: new Map(),
    isSilent: false,
    emit(nsid, event, rkey = newTid()) {
      const now = BigInt(Date.now()) * 1_000_000n + BigInt(log.length % 1_000_000);
      last = now > last ? now : last + 1n;
      const head = JSON.stringify({ rkey, nsid, event });
      const frame = isFirst ? head : `${head.slice(0, -1)},"created":${last}}`;
      log.push({ created: last, frame });
      knot.send(frame);
      return rkey;
    },
    push: (repo, pushed) =>
      knot.emit('sh.tangled.git.refUpdate', {
        $type: 'sh.tangled.git.refUpdate',
        ...names(pushed),
        committerDid: pushed.committerDid ?? repo.ownerDid,
        ownerDid: repo.ownerDid,
        ...(repo.repoDid === null
          ? { repoDid: repo.ownerDid, repoName: repo.name }
          : {
              repo: repo.repoDid,
              changedFiles: pushed.changedFiles ?? null,
              pushOptions: pushed.pushOptions ?? null,
            }),
        meta: { isDefaultRef: (pushed.branch ?? 'main') === 'main', commitCount: { byEmail: [] } },
      }),
    pipeline: (repo, pushed, workflows) =>
      knot.emit('sh.tangled.pipeline', {
        $type: '',
        triggerMetadata: {
          kind: 'push',
          repo: {
            knot: server.host,
            did: repo.ownerDid,
            repo: repo.name,
            ...(repo.repoDid === null ? {} : { repoDid: repo.repoDid }),
            defaultBranch: '',
          },
          push: names(pushed),
        },
        workflows,
      }),
    send(frame) {
      for (const socket of server.sockets) socket.send(frame);
    },
    drop() {
      for (const socket of server.sockets) socket.terminate();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return knot;
}

const prefixes = ({ ownerDid, name, repoDid }: KnotRepo): readonly string[] => [
  `/${ownerDid}/${name}`,
  ...(repoDid === null ? [] : [`/${repoDid}`]),
];

const names = ({ branch = 'main', ref, oldSha = zeros, newSha }: Pushed) => ({
  ref: ref ?? `refs/heads/${branch}`,
  newSha,
  oldSha,
});
