import { resolvePath, type Surroundings } from '../lib/references.ts';
import { adapterSecrets, checkAdapters, compileAdapter } from './adapters.ts';
import type { Config, Door } from './config.ts';
import { daggerEnvironment } from './env.ts';
import { compileHooks } from './hooks.ts';
import { checkLightspeed, compileLightspeed } from './lightspeed/section.ts';
import { type Finding, finding } from './problem.ts';
import { checkProviders, compileProviders } from './providers.ts';
import { compileRadicle } from './radicle.ts';
import { adviseRule, type ConditionChecks, checkRule, namedIn } from './rule-checks.ts';
import { compileRule, isStartedByEvents } from './rules.ts';
import type { WrittenConfig } from './schema.ts';
import { adviseScripts, checkScripts, compileScripts } from './scripts.ts';
import { checkTangled, compileTangled } from './tangled.ts';

/** What the command line says, which wins over the file. */
export interface Overrides {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly adminPort: number | undefined;
  /** Relative to the working directory, unlike the file's own. */
  readonly data: string | undefined;
  /** Hooks files, relative as well: they count beside those of the file. `async`: nobody waits, whatever the file says. */
  readonly hooks: { readonly files: readonly string[]; readonly async: boolean } | undefined;
}

/** The file alone counts. */
export const noOverrides: Overrides = {
  host: undefined,
  port: undefined,
  adminPort: undefined,
  data: undefined,
  hooks: undefined,
};

/** Shorter texts occur by chance: masking them would black out half of what is printed. */
export const shortestMasked = 6;

/** A configuration, whole only when there are no problems. */
export interface Assembled {
  readonly config: Config;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** The configuration that is written, as the program uses it. */
export function assemble(
  checks: ConditionChecks,
  written: WrittenConfig,
  from: Surroundings & Pick<Config, 'file' | 'secretFiles'> & { readonly overrides: Overrides },
): Assembled {
  const { overrides } = from;
  const { github, gitlab, gitea, hooks, scripts, garden, schedule } = written.sources;
  const tangled = written.sources.tangled && compileTangled(written.sources.tangled);
  const radicle = written.sources.radicle && compileRadicle(written.sources.radicle, from);
  const adapters = Object.entries(written.adapters).map(([name, adapter]) =>
    compileAdapter(name, adapter, radicle, from),
  );
  const lightspeed =
    written.lightspeed && compileLightspeed(written.lightspeed, github?.secrets ?? null, from);
  const listeners = lightspeed?.config.listeners ?? [];
  const config: Config = {
    file: from.file,
    public: {
      ...written.public,
      host: overrides.host ?? written.public.host,
      port: overrides.port ?? written.public.port,
    },
    admin: { ...written.admin, port: overrides.adminPort ?? written.admin.port },
    dataDir: resolvePath(
      overrides.data ?? written.data,
      overrides.data === undefined ? from : { ...from, directory: process.cwd() },
    ),
    store: written.store,
    logs: written.logs,
    transport: written.transport,
    agent: written.agent ?? null,
    github,
    gitlab,
    gitea,
    hooks: compileHooks(hooks, overrides.hooks, from),
    scripts: scripts && compileScripts(scripts, from),
    radicle,
    garden,
    tangled,
    schedule,
    reports: written.reports,
    lightspeed: lightspeed?.config ?? null,
    providers: compileProviders(written.providers),
    adapters,
    adapterSecrets: adapterSecrets(written),
    rules: [...written.rules.map(rule => compileRule(rule, adapters)), ...listeners.map(({ rule }) => rule)],
    secrets: written.secrets,
    badges: written.badges,
    // Listeners have theirs in their files.
    secretFiles: [...from.secretFiles, ...listeners.map(({ file }) => file)],
    limits: written.limits,
    retention: written.retention,
    // Where knots may be on this machine, their repositories are to be cloned from there.
    git: { ...written.git, allowPrivateHosts: written.git.allowPrivateHosts || tangled?.dev === true },
    daggerEnvironment: daggerEnvironment(from.env),
  };
  const checked = checkLightspeed(config.lightspeed, written.rules, config.transport.kind === 'rabbitmq');
  return {
    config,
    problems: [
      ...(lightspeed?.problems ?? []),
      ...checked.problems,
      ...sameDoor(config.public, config.admin),
      ...sameNames(written),
      ...lonelyBucket(written),
      ...checkScripts(written, config),
      ...checkAdapters(written),
      ...checkProviders(written.providers, checks),
      ...checkTangled(written),
      ...inRules(written, rule => checkRule(checks, rule, namedIn(config))),
    ],
    warnings: [
      ...checked.warnings,
      ...shortSecrets(written),
      ...silentSources(written),
      ...hastyLease(written),
      ...adviseScripts(config, written),
      ...inRules(written, rule => adviseRule(checks, rule)),
    ],
  };
}

function inRules(
  written: WrittenConfig,
  check: (rule: WrittenConfig['rules'][number]) => readonly Finding[],
): readonly Finding[] {
  return written.rules.flatMap((rule, n) =>
    check(rule).map(found => ({ ...found, path: ['rules', n, ...found.path] })),
  );
}

function sameDoor(one: Door, other: Door): readonly Finding[] {
  const meets =
    one.host === other.host || [one.host, other.host].some(host => host === '0.0.0.0' || host === '::');
  return meets && one.port !== 0 && one.port === other.port
    ? [finding(['admin', 'port'], `is the public door's port as well: they cannot share ${one.port}`)]
    : [];
}

function lonelyBucket({ store, logs }: WrittenConfig): readonly Finding[] {
  return store.kind === 'sqlite' && logs !== null
    ? [
        finding(
          ['logs'],
          'logs are kept in a bucket for several control planes, which share a `store: postgres://…`',
        ),
      ]
    : [];
}

/**
 * When a node of RabbitMQ dies, an agent connects to another one, asks in vain while that chooses a leader for its queues,
 * and asks again: about ten seconds, of which a server that is connected elsewhere sees nothing.
 */
const shortestSafeLeaseMs = 15_000;

function hastyLease({ transport, limits }: WrittenConfig): readonly Finding[] {
  return transport.kind === 'rabbitmq' && limits.leaseMs < shortestSafeLeaseMs
    ? [
        finding(
          ['limits', 'lease'],
          `is short over RabbitMQ: after a broken connection an agent may need up to ${shortestSafeLeaseMs / 1000}s to be heard again, and its runs would be lost`,
        ),
      ]
    : [];
}

function sameNames({ rules }: WrittenConfig): readonly Finding[] {
  return rules.flatMap(({ name }, n) => {
    const first = rules.findIndex(rule => rule.name === name);
    return first === n
      ? []
      : [finding(['rules', n, 'name'], `rules[${first}] is called ${name} already: a name is given once`)];
  });
}

function shortSecrets({ secrets: named, sources, adapters, providers }: WrittenConfig): readonly Finding[] {
  const { github, gitlab, gitea, hooks, scripts, garden } = sources;
  const at = (path: Finding['path'], values: readonly string[] | undefined) =>
    (values ?? []).map((value, n) => [[...path, n], value] as const);
  const secrets: readonly (readonly [path: Finding['path'], value: string])[] = [
    ...Object.entries(named).map(([name, value]) => [['secrets', name], value] as const),
    ...Object.entries(adapters).flatMap(([adapter, { secretEnv }]) =>
      Object.entries(secretEnv).map(
        ([name, value]) => [['adapters', adapter, 'secretEnv', name], value] as const,
      ),
    ),
    ...at(['sources', 'github', 'secret'], github?.secrets),
    ...at(['sources', 'gitlab', 'token'], gitlab?.tokens),
    ...at(['sources', 'gitea', 'secret'], gitea?.secrets),
    ...at(['sources', 'hooks', 'fromRepository', 'secret'], hooks?.fromRepository?.secret),
    ...at(['sources', 'scripts', 'token'], scripts?.token),
    ...at(['sources', 'garden', 'secret'], garden?.secrets),
    ...Object.entries(garden?.repositories ?? {}).flatMap(([rid, values]) =>
      at(['sources', 'garden', 'repositories', rid], values),
    ),
    ...(['token', 'signature'] as const).flatMap(key => {
      const value = providers.buildkite?.webhook?.[key];
      return value === undefined ? [] : [[['providers', 'buildkite', 'webhook', key], value] as const];
    }),
  ];
  return secrets
    .filter(([, value]) => value.length < shortestMasked)
    .map(([path]) =>
      finding(
        path,
        `is shorter than ${shortestMasked} characters: too easily guessed, and not masked in logs`,
      ),
    );
}

/** Rules that wait for what no source brings. */
function silentSources({ rules, sources, lightspeed }: WrittenConfig): readonly Finding[] {
  const first = rules.findIndex(isStartedByEvents);
  const { github, gitlab, gitea, radicle, garden, tangled } = sources;
  const all = [github, gitlab, gitea, radicle, garden, tangled, lightspeed ?? null];
  if (first < 0 || all.some(source => source !== null)) return [];
  return [
    finding(
      ['rules', first, 'on'],
      'nothing brings such events yet: add a source, such as `sources: { github: { secret: "${env:GITHUB_WEBHOOK_SECRET}" } }`',
    ),
  ];
}
