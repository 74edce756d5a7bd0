import { z } from 'zod';
import { SignalboxError } from '../../../domain/errors.ts';

/** A webhook of a repository or organization. */
export interface Hook {
  readonly id: string;
  /** Where it leads; null when GitHub does not say. */
  readonly url: string | null;
}

/** One try to deliver something, as lists show it. */
export interface Listed {
  readonly id: string;
  /** The same for every try: what comes to the door as `X-GitHub-Delivery`. */
  readonly guid: string;
  /** Milliseconds since 1970, by GitHub's clock. */
  readonly deliveredAt: number;
  /** The words of its event and action. */
  readonly event: string;
  readonly action: string | null;
}

/** What was sent. The payload was parsed and written anew: its bytes are no longer those that were signed. */
export interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

/** Ids go into paths. They are whole numbers, and text where a number would round them. */
const id = z.union([z.int().positive().transform(String), z.string().regex(/^[0-9]{1,20}$/)]);

const hooks: z.ZodType<readonly Hook[]> = z.array(
  z
    .object({ id, config: z.object({ url: z.string().nullish() }).nullish() })
    .transform(({ id, config }) => ({ id, url: config?.url ?? null })),
);

/** As many as GitHub gives at once. An answer with more is not its own, and a thousand such would fill the memory. */
export const perPage = 100;

const listed: z.ZodType<readonly Listed[]> = z
  .array(
    z
      .object({
        id,
        guid: z.string().min(1).max(200),
        delivered_at: z.iso.datetime({ offset: true }),
        event: z.string().max(200),
        action: z.string().nullish(),
      })
      .transform(({ delivered_at: at, action, ...rest }) => ({
        ...rest,
        deliveredAt: Date.parse(at),
        action: action ?? null,
      })),
  )
  .max(perPage);

const sent: z.ZodType<Sent> = z
  .object({ request: z.object({ headers: z.record(z.string(), z.unknown()), payload: z.looseObject({}) }) })
  .transform(({ request: { headers, payload } }) => ({
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
      ),
    ),
    payload,
  }));

export const readHooks = (json: unknown, path: string): readonly Hook[] => read(hooks, json, path);
export const readListed = (json: unknown, path: string): readonly Listed[] => read(listed, json, path);
export const readSent = (json: unknown, path: string): Sent => read(sent, json, path);

function read<Value>(schema: z.ZodType<Value>, json: unknown, path: string): Value {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'all of it';
  throw new SignalboxError(
    'invalid',
    `GitHub's answer to ${path} is not understood: ${where}: ${issue?.message}; check sources.github.api`,
  );
}
