import { z } from 'zod';

/** A build, as far as it is read here. Whatever state Buildkite may add one day is a text like the others. */
export interface WireBuild {
  /** A UUID; what webhooks call it by. */
  readonly id: string;
  /** Counts within its pipeline; what the API calls it by. */
  readonly number: number;
  readonly url: string | null;
  readonly state: string;
  readonly blocked: boolean;
  readonly cancelReason: string | null;
  readonly commit: string | null;
  readonly metaData: Readonly<Record<string, unknown>>;
  readonly isRebuilt: boolean;
  readonly jobs: readonly WireJob[];
}

export interface WireJob {
  readonly id: string;
  readonly type: string;
  readonly name: string | null;
  readonly stepKey: string | null;
  readonly state: string;
  readonly command: string | null;
  readonly exitStatus: number | null;
  readonly signal: string | null;
  readonly softFailed: boolean;
  /** There is another try of it. */
  readonly retried: boolean;
  readonly parallel: { readonly index: number; readonly total: number } | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
}

const text = z.string().nullish();
/** It is shown to people as a link. */
const webAddress = text.transform(url => (url && /^https?:\/\//.test(url) ? url : null));

const job: z.ZodType<WireJob> = z
  .object({
    // It goes into paths.
    id: z.string().regex(/^[\w-]{1,64}$/),
    type: z.string(),
    name: text,
    step_key: text,
    state: text,
    command: text,
    exit_status: z.number().nullish(),
    signal: text,
    soft_failed: z.boolean().nullish(),
    retried: z.boolean().nullish(),
    parallel_group_index: z.number().nullish(),
    parallel_group_total: z.number().nullish(),
    started_at: text,
  })
  .transform(wire => ({
    id: wire.id,
    type: wire.type,
    name: wire.name ?? null,
    stepKey: wire.step_key ?? null,
    state: wire.state ?? '',
    command: wire.command ?? null,
    exitStatus: wire.exit_status ?? null,
    signal: wire.signal ?? null,
    softFailed: wire.soft_failed ?? false,
    retried: wire.retried ?? false,
    parallel:
      typeof wire.parallel_group_total !== 'number'
        ? null
        : { index: wire.parallel_group_index ?? 0, total: wire.parallel_group_total },
    startedAt: Date.parse(wire.started_at ?? '') || null,
  }));

export const wireBuild: z.ZodType<WireBuild> = z
  .object({
    id: z.string().min(1).max(200),
    number: z.int().nonnegative(),
    web_url: webAddress,
    state: z.string(),
    blocked: z.boolean().nullish(),
    cancel_reason: text,
    commit: text,
    meta_data: z.record(z.string(), z.unknown()).nullish(),
    rebuilt_from: z.unknown().optional(),
    jobs: z.array(job).nullish(),
  })
  .transform(wire => ({
    id: wire.id,
    number: wire.number,
    url: wire.web_url,
    state: wire.state,
    blocked: wire.blocked ?? false,
    cancelReason: wire.cancel_reason ?? null,
    commit: wire.commit ?? null,
    metaData: wire.meta_data ?? {},
    isRebuilt: (wire.rebuilt_from ?? null) !== null,
    jobs: wire.jobs ?? [],
  }));

export const wireBuilds: z.ZodType<readonly WireBuild[]> = z.array(wireBuild);

/** Why something was refused, in Buildkite's words; null when it says nothing that can be read. */
export function messageIn(body: string): string | null {
  try {
    const { message, errors } = refusal.parse(JSON.parse(body));
    const details = (errors ?? []).map(error => (typeof error === 'string' ? error : JSON.stringify(error)));
    const words = [...(message ? [message] : []), ...details].join('; ');
    return words === '' ? null : words.slice(0, 300);
  } catch {
    return null; // a page of some proxy
  }
}

const refusal = z.object({ message: text, errors: z.array(z.unknown()).nullish() });
