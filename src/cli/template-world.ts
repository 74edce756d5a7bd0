import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TemplateWorld } from '../sources/hooks/file/template/functions.ts';
import type { CliIo } from './io.ts';

/** What templates of hooks files may ask for. To them, a file that cannot be read is none: they may name any. */
export function templateWorld({ env, cwd }: Pick<CliIo, 'env' | 'cwd'>): TemplateWorld {
  return {
    env,
    readFile: path => {
      try {
        return readFileSync(resolve(cwd, path), 'utf8');
      } catch {
        return null;
      }
    },
  };
}
