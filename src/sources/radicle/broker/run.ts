import { z } from 'zod';
import { webLink } from '../../../domain/adapter.ts';
import type { Counterpart } from '../../../domain/counterpart.ts';
import { isRid } from '../storage.ts';

/** A run as radicle-ci-broker has kept it. */
export interface BrokerRun {
  /** The broker's own id for it. */
  readonly id: string;
  /** What the adapter calls it; null where none has said so. */
  readonly counterpart: Counterpart | null;
  /** `rad:z…` */
  readonly rid: string;
  readonly repoName: string;
  /** The one time that is kept: when it began. Milliseconds since 1970. */
  readonly at: number;
  readonly cause: BrokerCause;
  readonly commit: string;
  /** Whom the broker took for its cause; null where it has not said. */
  readonly who: { readonly did: string; readonly alias: string | null } | null;
  /** Whether it has ended, as far as the broker knows. */
  readonly isFinished: boolean;
  /** Null: it ended without one, or has not ended. */
  readonly result: 'success' | 'failure' | null;
}

export type BrokerCause =
  | { readonly kind: 'branch'; readonly name: string }
  | { readonly kind: 'patch'; readonly id: string }
  /** What later brokers may have, in their word for it. */
  | { readonly kind: 'other'; readonly word: string };

const text = z.string().transform(value => value.toWellFormed());
const oid = z.string().regex(/^[0-9a-f]{40}$/);
const runId = z.union([z.object({ id: text }), text.transform(id => ({ id }))]);
const who = text.nullish().transform(written => (written ? person(written) : null));
const whence = z.union([
  z.object({ Branch: z.object({ name: text, commit: oid, who }) }).transform(({ Branch }) => ({
    cause: { kind: 'branch', name: Branch.name } as const,
    commit: Branch.commit,
    who: Branch.who,
  })),
  z.object({ Patch: z.object({ patch: oid, commit: oid, who }) }).transform(({ Patch }) => ({
    cause: { kind: 'patch', id: Patch.patch } as const,
    commit: Patch.commit,
    who: Patch.who,
  })),
  z
    .record(z.string(), z.object({ commit: oid, who }))
    .refine(value => Object.keys(value).length === 1)
    .transform(value => {
      const [[word, { commit, who }] = ['', { commit: '', who: null }]] = Object.entries(value);
      return { cause: { kind: 'other', word } as const, commit, who };
    }),
]);
const run = z.object({
  broker_run_id: runId,
  adapter_run_id: runId.nullish(),
  adapter_info_url: z.string().nullish(),
  repo_id: z.string().refine(isRid, 'is no id of a Radicle repository'),
  repo_name: text.optional(),
  // Before brokers called it a name.
  repo_alias: text.optional(),
  timestamp: z.string(),
  whence,
  state: z.enum(['triggered', 'running', 'finished']),
  result: z.enum(['success', 'failure']).nullish(),
});

/** Reads what a broker has kept of a run. What is not known of it is left aside; without what has to be there it throws why. */
export function readBrokerRun(json: string): BrokerRun {
  const parsed = run.safeParse(parse(json));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${issue?.path.join('.') || 'the run'}: ${issue?.message ?? 'cannot be read'}`);
  }
  const { data } = parsed;
  const at = Date.parse(data.timestamp.replace(' ', 'T'));
  if (Number.isNaN(at)) throw new Error(`timestamp: ${JSON.stringify(data.timestamp)} is no time`);
  return {
    id: data.broker_run_id.id,
    counterpart: data.adapter_run_id
      ? { id: data.adapter_run_id.id, url: webLink(data.adapter_info_url ?? '') }
      : null,
    rid: data.repo_id,
    repoName: data.repo_name ?? data.repo_alias ?? data.repo_id,
    at,
    ...data.whence,
    isFinished: data.state === 'finished',
    result: data.result ?? null,
  };
}

/** Brokers write a DID, and behind it, in brackets, an alias. */
function person(written: string): BrokerRun['who'] {
  const [, did = '', alias] = /^(did:key:z\w+)(?: \((.*)\))?$/s.exec(written) ?? [];
  return did === '' ? null : { did, alias: alias || null };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // told as a run that cannot be read
  }
}
