import { z } from 'zod';
import type { ConfigState } from '../needs.ts';
import { iso } from './time.ts';

export interface ConfigStateJson {
  readonly file: string | null;
  readonly loadedAt: string;
  readonly error: string | null;
}

export const configStateSchema: z.ZodType<ConfigStateJson> = z
  .object({ file: z.string().nullable(), loadedAt: z.iso.datetime(), error: z.string().nullable() })
  .meta({ id: 'ConfigState' });

export const configStateJson = ({ file, loadedAt, error }: ConfigState): ConfigStateJson => ({
  file,
  loadedAt: iso(loadedAt),
  error,
});
