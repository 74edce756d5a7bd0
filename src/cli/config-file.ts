import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { noOverrides, type Overrides } from '../config/assemble.ts';
import type { Config, LoadedConfig } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import { SignalboxError } from '../domain/errors.ts';
import { createMatchers } from '../matchers/matchers.ts';
import { type CliIo, say } from './io.ts';
import { visible } from './text.ts';

const usualFile = 'signalbox.yaml';

/** The configuration as `serve` would read it here: the named file, else ./signalbox.yaml where there is one. */
export function loadConfigFile(
  io: Pick<CliIo, 'cwd' | 'env'>,
  file: string | undefined,
  overrides: Overrides = noOverrides,
): LoadedConfig {
  const needs = { checks: createMatchers(), env: io.env };
  const path = file ?? (existsSync(resolve(io.cwd, usualFile)) ? usualFile : null);
  return loadConfig(needs, path === null ? null : shown(io.cwd, path), overrides);
}

/** The file as people name it: its mistakes are told under this name. */
const shown = (cwd: string, path: string): string =>
  isAbsolute(path) ? path : relative(process.cwd(), resolve(cwd, path));

/** The same for who needs it whole: warnings are told, a broken one is thrown as `invalid` with all that is wrong. */
export function readConfig(
  io: Pick<CliIo, 'cwd' | 'env' | 'stderr'>,
  file: string | undefined,
  overrides: Overrides,
): Config {
  const loaded = loadConfigFile(io, file, overrides);
  if (loaded.result === 'refused')
    throw new SignalboxError('invalid', loaded.problems.map(formatProblem).join('\n'));
  for (const warning of loaded.warnings) say(io, `signalbox: warning: ${visible(formatProblem(warning))}`);
  return loaded.config;
}
