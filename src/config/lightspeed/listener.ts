import {
  findNodeAtLocation,
  getNodeValue,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { z } from 'zod';
import { httpUrl, oneOrMany } from '../schema-parts.ts';

/** A listener of Lightspeed, as its file says. */
export interface Listener {
  readonly name: string;
  /** Lines of shell, one after the other. */
  readonly exec: readonly string[];
  /** As written; null: where the file is. */
  readonly cwd: string | null;
  /** Empty: all. */
  readonly branches: readonly string[];
  /** Parts of paths, of which a changed one must have one; empty: all. */
  readonly files: readonly string[];
  readonly lockFile: string | null;
  readonly discord: { readonly url: string; readonly mention: string } | null;
  readonly githubToken: string | null;
  /** Keys that mean nothing. */
  readonly unknown: readonly string[];
}

export type ReadListener =
  | { readonly result: 'read'; readonly listener: Listener }
  /** One clause says what is wrong, for the file's name and the place in it to stand before. */
  | { readonly result: 'refused'; readonly message: string; readonly line: number; readonly column: number };

const words = z.array(z.string()).nullish();
const schema = z.looseObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, {
    error: 'a name is up to 64 letters, digits, ".", "_" and "-", and begins with a letter or digit',
  }),
  exec: oneOrMany(
    z.string().regex(/^[^\0]+$/, { error: 'is empty, or has a NUL character, which no shell can be given' }),
  ),
  cwd: z.string().nullish(),
  branch_filter: words,
  files_filter: words,
  lock_file: z.string().nullish(),
  discord_hook: z.union([httpUrl, z.literal('')]).nullish(),
  discord_notify: z.string().max(200).nullish(),
  github_status_token: z.string().nullish(),
});

/** Reads the text of a listener's file: JSON, in which comments and a comma at the end may stand. */
export function readListener(text: string): ReadListener {
  const errors: ParseError[] = [];
  const plain = text.replace(/^\ufeff/, '');
  const tree = parseTree(plain, errors, { allowTrailingComma: true });
  const refused = (offset: number, message: string): ReadListener => {
    const before = plain.slice(0, offset).split('\n');
    return { result: 'refused', message, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  };
  const [error] = errors;
  if (error !== undefined || tree === undefined)
    return refused(
      error?.offset ?? 0,
      `is no JSON: ${error === undefined ? 'it is empty' : printParseErrorCode(error.error)}`,
    );
  const read = schema.safeParse(getNodeValue(tree));
  if (!read.success) {
    const { issues } = read.error;
    const said = issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    );
    // What is missing has no place of its own.
    const steps = (issues[0]?.path ?? []).map(step => (typeof step === 'number' ? step : String(step)));
    return refused((findNodeAtLocation(tree, steps) ?? tree).offset, `is no listener: ${said.join('; ')}`);
  }
  const { name, exec, cwd, branch_filter, files_filter, lock_file, ...rest } = read.data;
  const { discord_hook, discord_notify, github_status_token, ...unknown } = rest;
  return {
    result: 'read',
    listener: {
      name,
      exec,
      cwd: cwd || null,
      branches: branch_filter ?? [],
      files: files_filter ?? [],
      lockFile: lock_file || null,
      discord: discord_hook ? { url: discord_hook, mention: discord_notify ?? '' } : null,
      githubToken: github_status_token || null,
      unknown: Object.keys(unknown),
    },
  };
}
