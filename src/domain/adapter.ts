import type { Json } from './json.ts';

/** The generations of the language that Radicle's CI broker has spoken with its adapters. */
export const adapterProtocols = ['v1', 'unversioned', 'draft', 'minimal'] as const;
export type AdapterProtocol = (typeof adapterProtocols)[number];

/** How exactly an adapter is spoken to. Its protocol decides what is not written. */
export interface AdapterDialect {
  readonly protocol: AdapterProtocol;
  readonly commitsOrder: 'newest-first' | 'oldest-first';
  readonly actionCase: 'capital' | 'lower';
  readonly statusCase: 'capital' | 'lower';
  readonly conflictsShape: 'pairs' | 'objects-snake' | 'objects-camel';
  /** Whether a patch's target is a commit, or the word `delegates`. */
  readonly targetForm: 'commit' | 'word';
  /** What a push says that there was before: the old tip, the new one, or the parent of its oldest commit. */
  readonly pushBefore: 'old-tip' | 'tip' | 'parent';
}

/** A Radicle CI adapter: a program that reads one request, runs CI for it somewhere, and says how that ended. */
export interface Adapter {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Variables whose values are kept as secrets of the name `secretOf` gives. */
  readonly secretEnv: readonly string[];
  /** Becomes a file of the attempt's own, whose name the adapter finds in a variable. */
  readonly config: { readonly content: Json; readonly variable: string } | null;
  /** The home of the node whose repositories it reads; null: it gets one with nothing in it but the run's own. */
  readonly radicleHome: string | null;
  /** Where it starts when it is not isolated, absolute; null: in the checkout. */
  readonly directory: string | null;
  readonly dialect: AdapterDialect;
  /** Whether what breaks the protocol ends the run; otherwise it is noted and what can be understood counts. */
  readonly strict: boolean;
  /** Whether an exit code other than 0 turns a success into an error. */
  readonly strictExit: boolean;
}

/** Longer ones are no links that anybody has made for people. */
const longestLink = 2048;

/** An address that is shown to people as a link, on terminals too: of the web, with nothing in it that is not seen, or null. */
export function webLink(text: string): string | null {
  return /^https?:\/\/[^\s\p{Cc}\p{Cf}]+$/u.test(text) && text.length <= longestLink && URL.canParse(text)
    ? text
    : null;
}

/** The secret that holds the value of an adapter's variable. */
export function secretOf(adapter: string, variable: string): string {
  return `adapters.${adapter}.${variable}`;
}

type Knobs = Omit<AdapterDialect, 'protocol'>;

const written: Knobs = {
  commitsOrder: 'newest-first',
  actionCase: 'capital',
  statusCase: 'lower',
  conflictsShape: 'pairs',
  targetForm: 'commit',
  pushBefore: 'old-tip',
};
const documented: Knobs = {
  commitsOrder: 'newest-first',
  actionCase: 'lower',
  statusCase: 'capital',
  conflictsShape: 'objects-snake',
  targetForm: 'word',
  pushBefore: 'parent',
};

/** What each protocol does where nothing else is written: the first as brokers speak it, the older ones as they were documented. */
export const usualKnobs: Readonly<Record<AdapterProtocol, Knobs>> = {
  v1: written,
  unversioned: documented,
  draft: { ...documented, commitsOrder: 'oldest-first', conflictsShape: 'objects-camel' },
  minimal: written,
};
