import { z } from 'zod';
import type { Repo } from '../../domain/event.ts';

export const repoSchema: z.ZodType<Repo> = z
  .object({ forge: z.string(), name: z.string(), url: z.string(), defaultBranch: z.string().nullable() })
  .meta({ id: 'Repo' });
