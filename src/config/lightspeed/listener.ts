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

const text = z.string({ error: 'write a text' });
const words = z.array(text, { error: 'write a list of texts' }).nullish();
const keys = {
  name: text.regex(/^[A-Za-z0-9][\w.-]{0,63}$/, {
    error: 'a name is up to 64 letters, digits, ".", "_" and "-", and begins with a letter or digit',
  }),
  exec: oneOrMany(
    z.string().regex(/^[^\0]+$/, { error: 'is empty, or has a NUL character, which no shell can be given' }),
  ),
  cwd: text.nullish(),
  branch_filter: words,
  files_filter: words,
  lock_file: text.nullish(),
  discord_hook: z
    .union([httpUrl, z.literal('')], { error: 'write an address that begins with https://' })
    .nullish(),
  discord_notify: text.max(200, { error: 'is longer than 200 characters' }).nullish(),
  // A header can carry nothing else.
  github_status_token: text
    .regex(/^[\x21-\x7e]*$/, { error: 'has characters in it that no token has: was it copied whole?' })
    .nullish(),
};
const schema = z.looseObject(keys, {
  error: 'write an object, such as {"name": "api", "exec": "make test"}',
});

/** By jsonc-parser's word for it. */
const mistakes: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a text stands in "double quotes"',
  InvalidNumberFormat: 'a number is missing a digit',
  PropertyNameExpected: 'a key in "double quotes" is missing here',
  ValueExpected: 'a value is missing here',
  ColonExpected: 'a ":" is missing here',
  CommaExpected: 'a "," is missing here',
  CloseBraceExpected: 'a "}" is missing here',
  CloseBracketExpected: 'a "]" is missing here',
  EndOfFileExpected: 'something stands behind its end',
  UnexpectedEndOfComment: 'a comment does not end',
  UnexpectedEndOfString: 'a text does not end in its line: close it with ", and write a line break as \\n',
  InvalidUnicode: 'behind \\u there are four hexadecimal digits',
  InvalidEscapeCharacter: 'no such character stands behind a "\\": write "\\\\" for the character itself',
  InvalidCharacter: 'a character that must be written as \\u and four digits',
};

function wordsOf(error: ParseError | undefined): string {
  return (
    (error && mistakes[printParseErrorCode(error.error)]) ?? 'it is not closed, or something is too much'
  );
}

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
    return refused(error?.offset ?? 0, `is no JSON: ${plain.trim() === '' ? 'it is empty' : wordsOf(error)}`);
  const read = schema.safeParse(getNodeValue(tree));
  if (!read.success) {
    const { issues } = read.error;
    const nodeOf = (path: readonly PropertyKey[]) =>
      findNodeAtLocation(
        tree,
        path.map(step => (typeof step === 'number' ? step : String(step))),
      );
    const said = issues.map(({ path, message }) => {
      const missing = nodeOf(path) === undefined ? 'is missing: ' : '';
      return path.length === 0 ? message : `${path.join('.')}: ${missing}${message}`;
    });
    // What is missing has no place of its own.
    const { offset } = nodeOf(issues[0]?.path ?? []) ?? tree;
    return refused(offset, `is no listener: ${said.join('; ')}`);
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
