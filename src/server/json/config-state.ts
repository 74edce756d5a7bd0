import { z } from 'zod';
import type { ConfigState } from '../needs.ts';
import { iso } from './time.ts';

export interface ConfigStateJson {
  readonly file: string | null;
  readonly loadedAt: string;
  readonly error: string | null;
  readonly needsRestart: readonly string[];
}

export const configStateSchema: z.ZodType<ConfigStateJson> = z
  .object({
    file: z.string().nullable(),
    loadedAt: z.iso.datetime(),
    error: z.string().nullable().describe('why the latest reload changed nothing'),
    needsRestart: z.array(z.string()).describe('keys whose new values count after a restart only'),
  })
  .meta({ id: 'ConfigState' });

export const configStateJson = ({ loadedAt, ...state }: ConfigState): ConfigStateJson => ({
  ...state,
  loadedAt: iso(loadedAt),
});
