import { z } from 'zod';
import type { Store } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { configStateJson, configStateSchema } from '../json/config-state.ts';
import { iso, isoOrNull } from '../json/time.ts';
import type { ServerNeeds } from '../needs.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { noBody, none } from './input.ts';

const healthSchema = z
  .object({
    ok: z.boolean(),
    version: z.string(),
    startedAt: z.iso.datetime(),
    publicUrl: z.url().nullable().describe('where forges reach the public door'),
    store: z.object({ ok: z.boolean(), error: z.string().nullable() }),
    transport: z
      .object({ ok: z.boolean(), error: z.string().nullable() })
      .describe('whether what agents say can arrive'),
    queue: z
      .object({
        blocked: z.int(),
        queued: z.int(),
        running: z.int(),
        oldestQueuedAt: z.iso.datetime().nullable(),
      })
      .nullable(),
    outbox: z.int().nullable().describe('tickets and reports still to be sent'),
    sources: z.array(
      z.object({
        name: z.string(),
        path: z.string().nullable().describe('null for one that watches something itself'),
        lastEventAt: z.iso.datetime().nullable(),
        catchUp: z
          .object({ lastAt: z.iso.datetime().nullable(), problems: z.array(z.string()) })
          .nullable()
          .describe('how the latest look for deliveries that never arrived went'),
        streams: z
          .array(
            z.object({
              name: z.string(),
              connected: z.boolean(),
              lagMs: z.int().nullable().describe('how long the latest event took to get here'),
              lastEventAt: z.iso.datetime().nullable(),
              skipped: z.int().describe('what could not be read'),
              strangers: z.int().describe('events of repositories that nobody here has asked for'),
              problem: z.string().nullable(),
            }),
          )
          .describe('what the source follows by itself'),
      }),
    ),
    config: configStateSchema,
  })
  .meta({ id: 'Health' });

export const showHealth: Endpoint = endpoint({
  id: 'showHealth',
  summary: 'How the house is: its store, its queue, its sources and its configuration',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: healthSchema,
  handle: async needs => {
    const { version, startedAt, publicUrl, sources, configState, catchUps, streams } = needs;
    const called = sources();
    const watching = Object.entries(catchUps()).flatMap(([name, state]) =>
      state === null || called.some(source => source.name === name) ? [] : [{ name, path: null }],
    );
    const found = await look(needs.store, [...called, ...watching]).catch((error: unknown) =>
      SignalboxError.from(error),
    );
    const broken = found instanceof SignalboxError;
    const link = needs.control.link();
    return {
      ok: !broken && link.state === 'up',
      version,
      startedAt: iso(startedAt),
      publicUrl: publicUrl(),
      store: { ok: !broken, error: broken ? found.message : null },
      transport: { ok: link.state === 'up', error: link.state === 'up' ? null : link.reason },
      queue: broken ? null : found.queue,
      outbox: broken ? null : found.outbox,
      sources: broken
        ? []
        : found.sources.map(source => ({
            ...source,
            catchUp: catchUpJson(catchUps()[source.name] ?? null),
            streams: (streams()[source.name] ?? []).map(stream => ({
              ...stream,
              lastEventAt: isoOrNull(stream.lastEventAt),
            })),
          })),
      config: configStateJson(configState()),
    };
  },
});

/** What the store knows of the house's health. */
async function look(
  store: Pick<Store, 'counts' | 'events'>,
  sources: readonly { readonly name: string; readonly path: string | null }[],
) {
  const { outbox, oldestQueuedAt, ...queue } = await store.counts();
  const seen = sources.map(async ({ name, path }) => {
    const [last] = (await store.events({ source: name, type: null, repo: null }, { limit: 1, after: null }))
      .items;
    return { name, path, lastEventAt: isoOrNull(last?.event.receivedAt ?? null) };
  });
  return {
    outbox,
    queue: { ...queue, oldestQueuedAt: isoOrNull(oldestQueuedAt) },
    sources: await Promise.all(seen),
  };
}

const catchUpJson = (state: ReturnType<ServerNeeds['catchUps']>[string]) =>
  state && { lastAt: isoOrNull(state.lastAt), problems: state.problems };
