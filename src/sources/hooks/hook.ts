import type { PathPattern } from './path-parameters.ts';
import type { HookRun } from './run-policy.ts';

/** Where a value comes from; a source that is not known fails when it is asked. */
export interface Argument {
  readonly source: string;
  readonly name: string;
  readonly envname: string;
  readonly base64decode: boolean;
}

export interface Match {
  readonly type: string;
  readonly regex: string;
  /** Any of them will do. At least one; "" where there is none. */
  readonly secrets: readonly string[];
  /** The same. */
  readonly values: readonly string[];
  /** Whether what it looks at must not be shown, because it is compared with what does not stand in the file. */
  readonly hidden: boolean;
  readonly parameter: Argument;
  readonly ipRange: string;
  /** Ranges of addresses whose word counts about who sent a request. */
  readonly trustedProxies: readonly string[];
}

/** What a rule asks. Of several properties in one object the file's reader keeps the one that counts. */
export type Rule =
  | { readonly kind: 'and'; readonly of: readonly Rule[] }
  | { readonly kind: 'or'; readonly of: readonly Rule[] }
  | { readonly kind: 'not'; readonly of: Rule }
  | { readonly kind: 'match'; readonly match: Match }
  /** An object without any rule: never satisfied. */
  | { readonly kind: 'empty' };

export interface ResponseHeader {
  readonly name: string;
  readonly value: string;
}

/** One entry of a hooks file, with the defaults filled in. */
export interface Hook {
  readonly id: string;
  /** Null: its id is plain text. */
  readonly pattern: PathPattern | null;
  readonly executeCommand: string;
  /** "" stands for the server's own. */
  readonly workingDirectory: string;
  readonly responseMessage: string;
  readonly responseHeaders: readonly ResponseHeader[];
  /** 0 stands for 200. */
  readonly successStatus: number;
  /** 0 stands for 200. */
  readonly mismatchStatus: number;
  /** Replaces the request's own content type when not "". */
  readonly contentType: string;
  /** As written; none means all, or what the server allows by default. */
  readonly methods: readonly string[];
  readonly captureOutput: boolean;
  readonly captureOutputOnError: boolean;
  readonly softSignatures: boolean;
  readonly jsonParameters: readonly Argument[];
  readonly arguments: readonly Argument[];
  readonly environment: readonly Argument[];
  readonly files: readonly Argument[];
  /** Null: nothing stands there. */
  readonly stdin: Argument | null;
  /** Null: every request runs the command. */
  readonly rule: Rule | null;
  readonly run: HookRun | null;
}
