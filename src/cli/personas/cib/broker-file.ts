import { z } from 'zod';
import { SignalboxError } from '../../../domain/errors.ts';
import { readTaggedYaml } from './tagged-yaml.ts';

/** A configuration of radicle-ci-broker, each value read. */
export interface BrokerFile {
  /** Its database; kept for who writes such files, and not used. */
  readonly db: string;
  readonly reportDir: string | null;
  readonly adapters: Readonly<Record<string, BrokerAdapter>>;
  /** Filters as they are written, and the adapter that runs when any of them allows it. */
  readonly triggers: readonly { readonly adapter: string; readonly filters: readonly unknown[] }[];
  readonly maxRunTimeMs: number;
  readonly concurrentAdapters: number;
}

export interface BrokerAdapter {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, string>>;
  readonly config: { readonly [key: string]: unknown } | null;
  readonly configEnv: string | null;
}

const usualRunTimeMs = 3_600_000;

const variables = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .transform(values =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)])),
  );
const adapter = z
  .strictObject({
    command: z.string().min(1),
    env: variables.default({}),
    sensitive_env: variables.default({}),
    sensitive_envs: variables.default({}),
    config: z.record(z.string(), z.unknown()).nullable().default(null),
    config_env: z.string().nullable().default(null),
  })
  .transform(({ command, env, sensitive_env, sensitive_envs, config, config_env }) => ({
    command,
    env,
    secretEnv: { ...sensitive_envs, ...sensitive_env },
    config,
    configEnv: config_env,
  }));

const file = z
  .strictObject({
    db: z.string(),
    report_dir: z.string().nullable().default(null),
    adapters: z.record(z.string(), adapter).default({}),
    default_adapter: z.string().nullable().default(null),
    filters: z.array(z.unknown()).default([]),
    triggers: z
      .array(z.strictObject({ adapter: z.string(), filters: z.array(z.unknown()) }))
      .nullable()
      .default(null),
    max_run_time: z.union([z.string(), z.number()]).nullable().default(null),
    concurrent_adapters: z.int().min(1).max(1000).default(1),
    // Both only say how often lines are logged.
    queue_len_interval: z.unknown().optional(),
    status_update_interval_seconds: z.unknown().optional(),
  })
  .transform(read => ({
    db: read.db,
    reportDir: read.report_dir,
    adapters: read.adapters,
    triggers: [
      ...(read.triggers ?? []),
      ...(read.filters.length > 0 ? [{ adapter: read.default_adapter ?? '', filters: read.filters }] : []),
    ],
    maxRunTimeMs: read.max_run_time === null ? usualRunTimeMs : durationMs(read.max_run_time),
    concurrentAdapters: read.concurrent_adapters,
  }));

/** Reads the text of a file; `name` is what errors call it. Throws `invalid`. */
export function readBrokerFile(text: string, name: string): BrokerFile {
  let value: unknown;
  try {
    value = readTaggedYaml(text);
  } catch (error) {
    throw invalid(
      `failed to parse configuration file as YAML: ${name}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const parsed = file.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${name}: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'cannot be read'}`);
  }
  const { data } = parsed;
  // A limit of nothing would end every run at once.
  if (!(data.maxRunTimeMs > 0)) throw invalid(`${name}: max_run_time: write a duration such as 1h or 30min`);
  for (const [adapter, { config, configEnv }] of Object.entries(data.adapters))
    if (config !== null && configEnv === null)
      throw invalid(
        `${name}: adapters.${adapter}: there is a config, and no config_env that names its variable`,
      );
  for (const { adapter } of data.triggers)
    if (!Object.hasOwn(data.adapters, adapter))
      throw invalid(
        adapter === ''
          ? `${name}: there are filters, and no default_adapter for them`
          : `${name}: there is no adapter ${JSON.stringify(adapter)}`,
      );
  return data;
}

/** What was read, in the words of such a file, so that it can be read again; of secrets only their names. */
export function writtenOf(read: BrokerFile): object {
  return {
    db: read.db,
    report_dir: read.reportDir,
    adapters: Object.fromEntries(
      Object.entries(read.adapters).map(([name, { command, env, secretEnv, config, configEnv }]) => [
        name,
        {
          command,
          env,
          sensitive_env: Object.fromEntries(Object.keys(secretEnv).map(key => [key, '***'])),
          config,
          config_env: configEnv,
        },
      ]),
    ),
    triggers: read.triggers,
    max_run_time: `${read.maxRunTimeMs / 1000}s`,
    concurrent_adapters: read.concurrentAdapters,
  };
}

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  second: 1000,
  minute: 60_000,
};

/** `1h`, `30min`, `1h 30m`, `2 hours`, or a number of seconds. NaN for anything else. */
function durationMs(written: string | number): number {
  if (typeof written === 'number' || /^\d+$/.test(written)) return Number(written) * 1000;
  if (!/^(?:\s*\d+\s*[a-z]+)+\s*$/.test(written)) return Number.NaN;
  return Array.from(written.matchAll(/(\d+)\s*([a-z]+)/g)).reduce((sum, [, count, unit = '']) => {
    const singular = unit.length > 1 && unit !== 'ms' ? unit.replace(/s$/, '') : unit;
    return sum + Number(count) * (units[singular] ?? Number.NaN);
  }, 0);
}

const invalid = (message: string): SignalboxError => new SignalboxError('invalid', message);
