import type { Probe } from '../../probe.ts';
import { jsonPage, type Page } from '../page.ts';

export interface HealthNeeds {
  readonly probe: Probe;
  readonly version: string;
  /** The streams that are followed, by source. */
  readonly streams: () => Readonly<Record<string, readonly { readonly connected: boolean }[]>>;
}

/** `_health`: 200, however it goes, with what there is to say in public. */
export async function health(needs: HealthNeeds): Promise<Page> {
  return jsonPage(200, await state(needs));
}

/** `_ready`: 503 while no work can be taken. Knots that are away are followed again; nobody is helped by sending others away. */
export async function ready(needs: HealthNeeds): Promise<Page> {
  const said = await state(needs);
  return jsonPage(said.status === 'ok' ? 200 : 503, said);
}

async function state({ probe, streams, version }: HealthNeeds) {
  const all = Object.values(streams()).flat();
  return {
    status: (await probe()) ? 'ok' : 'degraded',
    version,
    streams: { connected: all.filter(({ connected }) => connected).length, all: all.length },
  } as const;
}
