import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { base58 } from '../../../src/lib/base58.ts';
import type { Person } from './person.ts';

/** The home of a node, whose storage is written with git's plumbing, as a node would leave it. */
export interface RadicleHome extends Disposable {
  readonly directory: string;
  readonly socket: string;
  createRepository(options: RepositoryOptions): RadicleRepository;
}

interface RepositoryOptions {
  readonly delegates: readonly Person[];
  readonly name?: string;
  readonly description?: string;
  readonly isPrivate?: boolean;
}

export interface RadicleRepository {
  readonly rid: string;
  readonly directory: string;
  git(...args: readonly string[]): string;
  /** A new commit; null: the first one; several parents: a merge. */
  commit(
    parents: string | readonly string[] | null,
    message?: string,
    files?: Readonly<Record<string, string>>,
  ): string;
  /** So many new commits in a row; returns the last. */
  grow(parent: string, count: number): string;
  /** Moves a ref in somebody's namespace (`null` deletes it), and signs. */
  push(person: Person, ref: string, to: string | null): void;
  /** Moves many of them, and signs once. */
  pushAll(person: Person, refs: ReadonlyMap<string, string>): void;
  /** Moves a ref that the delegates agree on. */
  canonical(ref: string, to: string | null): void;
  /** Adds a change to a patch, `null` for a new one; returns its id. */
  change(person: Person, patch: string | null, actions: readonly object[], options?: ChangeOptions): string;
}

interface ChangeOptions {
  readonly parents?: readonly string[];
  /** Somebody else's signature: no good. */
  readonly signedBy?: Person;
}

export function createRadicleHome(): RadicleHome {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-radicle-'));
  mkdirSync(join(directory, 'node'));
  mkdirSync(join(directory, 'storage'));
  let count = 0;
  return {
    directory,
    socket: join(directory, 'node', 'control.sock'),
    createRepository: options => {
      count += 1;
      return createRepository(join(directory, 'storage'), count, options);
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function createRepository(storage: string, n: number, options: RepositoryOptions): RadicleRepository {
  const { delegates, name = 'heartwood', description = 'A project', isPrivate = false } = options;
  const id = base58(Buffer.alloc(20, n));
  const directory = join(storage, id);
  let seconds = 1_700_000_000;
  const run = (args: readonly string[], input: string | Uint8Array = '') =>
    execFileSync('git', [`--git-dir=${directory}`, ...args], {
      input,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    }).trim();
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', directory]);

  const blob = (content: string | Uint8Array) => run(['hash-object', '-w', '--stdin'], content);
  /** A tree of files; a path may have one directory. */
  function tree(files: Readonly<Record<string, string | Uint8Array>>): string {
    const folders = Map.groupBy(Object.entries(files), ([path]) => path.split('/').slice(0, -1).join('/'));
    const lines = [...folders].flatMap(([folder, entries]) =>
      folder === ''
        ? entries.map(([path, text]) => `100644 blob ${blob(text)}\t${path}`)
        : [
            `040000 tree ${tree(Object.fromEntries(entries.map(([path, text]) => [path.slice(folder.length + 1), text])))}\t${folder}`,
          ],
    );
    return run(['mktree'], `${lines.join('\n')}\n`);
  }
  function commitTree(
    of: string,
    parents: readonly string[],
    message: string,
    signature: string | null = null,
  ): string {
    seconds += 1;
    const text = [
      `tree ${of}`,
      ...parents.map(parent => `parent ${parent}`),
      `author Ann <ann@example.org> ${seconds} +0000`,
      `committer Ann <ann@example.org> ${seconds} +0000`,
      ...(signature === null ? [] : [`gpgsig ${signature.replaceAll('\n', '\n ')}`]),
      '',
      message,
    ].join('\n');
    return run(['hash-object', '-t', 'commit', '-w', '--stdin'], text);
  }
  const tip = (ref: string) => run(['for-each-ref', '--format=%(objectname)', ref]);
  const move = (ref: string, to: string | null) =>
    run(to === null ? ['update-ref', '-d', ref] : ['update-ref', ref, to]);

  function sign(person: Person): void {
    const { nid } = person;
    const own = `refs/namespaces/${nid}/refs`;
    const lines = run(['for-each-ref', '--format=%(objectname) %(refname)', own])
      .split('\n')
      .map(line => line.replace(`refs/namespaces/${nid}/`, ''))
      .filter(line => line !== '' && !line.endsWith('refs/rad/sigrefs'));
    const before = tip(`${own}/rad/sigrefs`);
    const refs = `${lines.join('\n')}\n`;
    const signed = tree({ refs, signature: person.sign(refs) });
    move(`${own}/rad/sigrefs`, commitTree(signed, before === '' ? [] : [before], 'Sign'));
  }

  const document = {
    payload: {
      'xyz.radicle.project': { name, description, defaultBranch: 'main' },
    },
    delegates: delegates.map(({ did }) => did),
    threshold: 1,
    ...(isPrivate ? { visibility: { type: 'private' } } : {}),
  };
  move(
    'refs/rad/id',
    commitTree(tree({ 'embeds/radicle.json': JSON.stringify(document) }), [], 'Initialize identity'),
  );

  return {
    rid: `rad:${id}`,
    directory,
    git: (...args) => run(args),
    commit: (parents, message = 'Change', files = { README: `${seconds}\n` }) =>
      commitTree(tree(files), parents === null ? [] : [parents].flat(), message),
    grow: (parent, count) => {
      const who = 'Ann <ann@example.org>';
      const lines = Array.from({ length: count }, (_, n) => [
        'commit refs/tmp/grown',
        `mark :${n + 1}`,
        `committer ${who} ${seconds + n} +0000`,
        'data 4',
        'Grow',
        ...(n === 0 ? [`from ${parent}`] : []),
        '',
      ]);
      run(['fast-import', '--quiet', '--force'], lines.flat().join('\n'));
      const grown = run(['rev-parse', 'refs/tmp/grown']);
      run(['update-ref', '-d', 'refs/tmp/grown']);
      return grown;
    },
    push: (person, ref, to) => {
      move(`refs/namespaces/${person.nid}/${ref}`, to);
      sign(person);
    },
    pushAll: (person, refs) => {
      const lines = [...refs].map(([ref, to]) => `update refs/namespaces/${person.nid}/${ref} ${to}\n`);
      run(['update-ref', '--stdin'], lines.join(''));
      sign(person);
    },
    canonical: (ref, to) => void move(ref, to),
    change: (person, patch, actions, { parents, signedBy = person } = {}) => {
      const files = Object.fromEntries(actions.map((action, at) => [String(at), JSON.stringify(action)]));
      const of = tree({ ...files, manifest: '{"typeName":"xyz.radicle.patch","version":1}' });
      const identity = tip('refs/rad/id');
      const own = (of: string) => `refs/namespaces/${person.nid}/refs/cobs/xyz.radicle.patch/${of}`;
      const tips =
        patch === null
          ? []
          : run([
              'for-each-ref',
              '--format=%(objectname)',
              `refs/namespaces/*/refs/cobs/xyz.radicle.patch/${patch}`,
            ])
              .split('\n')
              .filter(Boolean);
      // Of a change that is signed by somebody else, the tree is another's as well.
      const signature = signedBy === person ? person.signatureOf(of) : signedBy.signatureOf('0'.repeat(40));
      const id = commitTree(
        of,
        [...(parents ?? tips), identity],
        `Change patch\n\nRad-Resource: ${identity}\n`,
        signature,
      );
      move(own(patch ?? id), id);
      sign(person);
      return id;
    },
  };
}
