import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SignalboxError } from '../../domain/errors.ts';

/** The repositories of a node, read with plain git; nothing is ever written there. */
export interface Storage {
  /** The ids of all repositories: `rad:z…`. */
  readonly repositories: () => Promise<readonly string[]>;
  readonly open: (rid: string) => StoredRepository;
}

/** One repository in storage. What it cannot tell is a `SignalboxError`. */
export interface StoredRepository {
  readonly rid: string;
  readonly directory: string;
  /** Runs git in it; `input` is what git reads. */
  readonly git: (args: readonly string[], input?: string) => Promise<string>;
  /** What objects are, named as git names them; null where there is none. */
  readonly kinds: (names: readonly string[]) => Promise<readonly (ObjectKind | null)[]>;
  /** The contents of objects; null where there is none, or one of more than `mostBytes`. Anybody may push a large one. */
  readonly objects: (names: readonly string[], mostBytes: number) => Promise<readonly (Buffer | null)[]>;
  /** The text of one, of a size that people write. */
  readonly blob: (name: string) => Promise<string | null>;
  /** All refs that match the patterns, by their full names. */
  readonly refs: (...patterns: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

export interface ObjectKind {
  readonly id: string;
  readonly type: string;
  readonly bytes: number;
}

/** Storage is on a disk of this machine: who takes longer hangs. */
const timeoutMs = 60_000;
/** Of what git answers at once: lists of a hundred thousand refs are shorter. */
const mostOutput = 64 * 1024 * 1024;
/** Objects are asked for together up to so many bytes, unless one alone has more. */
const togetherBytes = 8 * 1024 * 1024;
const longestText = 1024 * 1024;

/** What can be no other name than one: whether it is a good one is the node's business. */
const named = /^z[0-9A-Za-z]{1,64}$/;

/** Whether a text is the id of a repository; one is also the name of a directory. */
export function isRid(text: string): boolean {
  return text.startsWith('rad:') && named.test(text.slice('rad:'.length));
}

/** Whether the node with that home has a repository. */
export const isStored = (home: string, rid: string): boolean =>
  isRid(rid) && existsSync(join(home, 'storage', rid.slice('rad:'.length)));

/** The storage in the home of a node. */
export function openStorage(options: { readonly home: string; readonly path: string }): Storage {
  const storage = join(options.home, 'storage');
  return {
    async repositories() {
      try {
        return (await readdir(storage)).filter(name => named.test(name)).map(name => `rad:${name}`);
      } catch (error) {
        throw new SignalboxError(
          'unavailable',
          `the storage of the node cannot be read at ${storage}: check sources.radicle.home`,
          { cause: error },
        );
      }
    },
    open(rid) {
      if (!isRid(rid)) throw new SignalboxError('invalid', 'that is no id of a Radicle repository');
      return openRepository(rid, join(storage, rid.slice('rad:'.length)), options.path);
    },
  };
}

function openRepository(rid: string, directory: string, path: string): StoredRepository {
  const run = (args: readonly string[], input: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const child = execFile(
        'git',
        // Who runs signalbox need not be who runs the node.
        ['-c', `safe.directory=${directory}`, `--git-dir=${directory}`, ...args],
        {
          env: {
            PATH: path,
            LC_ALL: 'C',
            GIT_CONFIG_NOSYSTEM: '1',
            GIT_CONFIG_GLOBAL: '/dev/null',
            GIT_NO_LAZY_FETCH: '1',
            GIT_OPTIONAL_LOCKS: '0',
          },
          maxBuffer: mostOutput,
          timeout: timeoutMs,
          killSignal: 'SIGKILL',
          encoding: 'buffer',
        },
        (error, stdout, stderr) => {
          if (error === null) return resolve(stdout);
          const said = stderr.toString().trim().split('\n').pop() ?? '';
          const message = `git cannot read ${rid} in ${directory}${said === '' ? '' : ` (${said})`}`;
          reject(new SignalboxError('unavailable', message, { cause: error }));
        },
      );
      // Git that has failed does not read; how it failed is told above.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  const git: StoredRepository['git'] = async (args, input = '') => (await run(args, input)).toString();
  const kinds: StoredRepository['kinds'] = async names =>
    names.length === 0 ? [] : kindsIn(await git(['cat-file', '--batch-check'], `${names.join('\n')}\n`));
  const objects: StoredRepository['objects'] = async (names, mostBytes) => {
    const found = await kinds(names);
    const wanted = found.filter(kind => kind !== null).filter(({ bytes }) => bytes <= mostBytes);
    const contents = new Map<string, Buffer>();
    for (const some of inPortions(wanted)) {
      const read = objectsIn(await run(['cat-file', '--batch'], `${some.join('\n')}\n`));
      for (const [index, id] of some.entries()) {
        const content = read[index];
        if (content) contents.set(id, content);
      }
    }
    return found.map(kind => (kind && contents.get(kind.id)) ?? null);
  };
  return {
    rid,
    directory,
    git,
    kinds,
    objects,
    async blob(name) {
      const [found] = await objects([name], longestText);
      return found?.toString() ?? null;
    },
    async refs(...patterns) {
      const listed = await git(['for-each-ref', '--format=%(objectname) %(refname)', ...patterns]);
      // Names may have what counts as the end of a line elsewhere.
      const lines = listed.split('\n').slice(0, -1);
      return new Map(
        lines.map(line => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
      );
    },
  };
}

/** Reads what `cat-file --batch-check` writes: a line for each. */
function kindsIn(output: string): readonly (ObjectKind | null)[] {
  return output
    .split('\n')
    .slice(0, -1)
    .map(line => {
      const [, id, type, bytes] = described.exec(line) ?? [];
      return id === undefined || type === undefined ? null : { id, type, bytes: Number(bytes) };
    });
}

/** The ids, each once, in portions that git can answer. */
function inPortions(kinds: readonly ObjectKind[]): readonly (readonly string[])[] {
  const portions: string[][] = [];
  let free = 0;
  for (const [id, bytes] of new Map(kinds.map(kind => [kind.id, kind.bytes]))) {
    const last = portions.at(-1);
    if (last === undefined || bytes > free) {
      portions.push([id]);
      free = togetherBytes;
    } else last.push(id);
    free -= bytes;
  }
  return portions;
}

const described = /^([0-9a-f]+) (\w+) (\d+)$/;

/** Reads what `cat-file --batch` writes: for each object a line with its size, its bytes, and a line feed. */
function objectsIn(output: Buffer): readonly (Buffer | null)[] {
  const found: (Buffer | null)[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [, , , size] = described.exec(output.toString('utf8', at, end)) ?? [];
    const from = end + 1;
    found.push(size === undefined ? null : output.subarray(from, from + Number(size)));
    at = size === undefined ? from : from + Number(size) + 1;
  }
  return found;
}
