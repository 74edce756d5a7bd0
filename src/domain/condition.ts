import type { EventType } from './event.ts';

/**
 * When a rule matches: one tree for every dialect. Parsers (native rules, hooks files, broker filters, …)
 * write it, `holds` reads it, and what it says becomes the explanation that people see.
 */
export type Condition =
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** The event is one of these types. */
  | { readonly kind: 'type'; readonly oneOf: readonly EventType[] }
  /** The event's action is one of these; `implied` when nobody wrote it and the type's default applies. */
  | {
      readonly kind: 'action';
      readonly type: EventType | null;
      readonly oneOf: readonly string[];
      readonly implied: boolean;
    }
  /** The repository's name matches one of the globs. */
  | { readonly kind: 'repo'; readonly patterns: readonly string[] }
  /** Lightspeed's way to name repositories: the last part of the repository's name begins or ends the listener's. */
  | { readonly kind: 'listener'; readonly name: string }
  /** The branch matches one of the globs; `$default` is the repository's default branch; `!` excludes. */
  | { readonly kind: 'branch'; readonly patterns: readonly string[] }
  /** At least one changed path matches the globs; `!` excludes. Unknown paths count as matching. */
  | { readonly kind: 'paths'; readonly patterns: readonly string[] }
  /** A CEL expression over `event`. */
  | { readonly kind: 'expression'; readonly source: string }
  /** There is a commit to check out. */
  | { readonly kind: 'commit' }
  /** The event calls for this rule, and its source found grounds for that. */
  | { readonly kind: 'call'; readonly rule: string }
  /** The event is a pipeline, and has workflows that answer. Their own conditions were asked by its source. */
  | { readonly kind: 'workflows' }
  /** The script that is called is given to one of these. */
  | { readonly kind: 'interpreter'; readonly oneOf: readonly string[] };

/** What a matcher found out about an expression, piece by piece. */
export type ExpressionResult =
  | {
      readonly result: 'value';
      readonly holds: boolean;
      readonly text: string;
      readonly parts: readonly ExpressionResult[];
    }
  /** Could not be decided: something missing counts as not holding and is said as such. */
  | { readonly result: 'missing'; readonly text: string }
  /** Broken or too expensive: the rule's verdict is `error`. */
  | { readonly result: 'error'; readonly text: string };

/** What is wrong with a pattern or an expression as it is written; `offset` counts characters from its start. */
export interface Flaw {
  readonly message: string;
  readonly offset: number;
}
