import { z } from 'zod';

/** A webhook, as far as it is read. As where it comes from, whatever is missing or null is empty. */
export interface Webhook {
  readonly event: string;
  /** The build's UUID; empty: it is about none. */
  readonly build: string;
  readonly number: number;
  readonly state: string;
  readonly pipeline: string;
}

const text = z
  .string()
  .nullish()
  .transform(value => (value ?? '').slice(0, 200).toWellFormed());

const slug = z.object({ slug: text }).nullish();

const webhook: z.ZodType<Webhook> = z
  .object({
    event: text,
    build: z
      .object({
        id: text,
        number: z.int().nullish(),
        state: text,
        blocked: z.boolean().nullish(),
        pipeline: slug,
        meta_data: z.looseObject({}).nullish(),
      })
      .nullish(),
    pipeline: slug,
    organization: slug,
  })
  .transform(({ event, build, pipeline }) => ({
    event,
    build: build?.id ?? '',
    number: build?.number ?? 0,
    state: build?.state ?? '',
    pipeline: pipeline?.slug || build?.pipeline?.slug || '',
  }));

/** Reads the body; undefined when it is not JSON of this form. */
export function readWebhook(body: Uint8Array): Webhook | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return webhook.safeParse(value ?? {}).data;
  } catch {
    return undefined;
  }
}
