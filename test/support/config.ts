import { noOverrides, type Overrides } from '../../src/config/assemble.ts';
import type { Config, LoadedConfig } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { createMatchers } from '../../src/matchers/matchers.ts';

const checks = createMatchers();

interface Around {
  readonly env?: Readonly<Record<string, string>>;
  readonly file?: string;
  readonly overrides?: Partial<Overrides>;
}

/** Reads a configuration as if it stood in `signalbox.yaml`. */
export function readConfig(
  text: string,
  { env = {}, file = 'signalbox.yaml', overrides = {} }: Around = {},
): LoadedConfig {
  return parseConfig({ checks, env }, text, { file, overrides: { ...noOverrides, ...overrides } });
}

/** The configuration, which must be in order. */
export function goodConfig(text: string, around: Around = {}): Config {
  const loaded = readConfig(text, around);
  if (loaded.result === 'refused') throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.config;
}

/** What is printed about a configuration: its problems, or when there are none its warnings. */
export function printed(text: string, around: Around = {}): readonly string[] {
  const loaded = readConfig(text, around);
  return (loaded.result === 'refused' ? loaded.problems : loaded.warnings).map(formatProblem);
}
