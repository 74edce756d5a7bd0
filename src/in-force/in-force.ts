import type { Config } from '../config/config.ts';
import type { Clock } from '../contracts/clock.ts';
import type { Reporter } from '../contracts/reporter.ts';
import type { HttpSource } from '../contracts/source.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { RunId } from '../domain/id.ts';
import type { Rule } from '../domain/rule.ts';
import { createTextRedactor } from '../lib/redactor.ts';
import { createRadicleReporter } from '../reporters/radicle/reporter.ts';
import type { Listener } from '../server/lightspeed/records.ts';
import type { ConfigState } from '../server/needs.ts';
import { type BuildWord, createBuildkiteSource } from '../sources/buildkite/source.ts';
import { createGardenSource } from '../sources/garden/source.ts';
import type { CatchUpSettings } from '../sources/github/catch-up/settings.ts';
import { createReceiveHookSource } from '../sources/github/receive-hook.ts';
import type { HooksReading } from '../sources/hooks/file/read-hooks.ts';
import type { Hook } from '../sources/hooks/hook.ts';
import { isStored } from '../sources/radicle/storage.ts';
import { scriptsRule } from '../sources/scripts/rule.ts';
import { createScriptsSource } from '../sources/scripts/source.ts';
import { tangledRule } from '../sources/tangled/rule.ts';
import { githubCatchUp } from './catch-up.ts';
import { type Forge, forgesOf, tokenFor } from './forges.ts';
import { hookRules, readHookFiles } from './hooks.ts';
import { needsRestart, reloaded } from './needs-restart.ts';
import { type ReporterNeeds, reportersOf } from './reporters.ts';

/** What the configuration decides and a reload may replace; every use asks again. */
export interface InForce {
  readonly config: () => Config;
  readonly rules: () => readonly Rule[];
  readonly sources: () => readonly HttpSource[];
  /** Those of hooks files. */
  readonly hooks: () => readonly Hook[];
  readonly reporters: () => readonly Reporter[];
  /** Lightspeed's, where the admin door tells of them; null: nowhere. */
  readonly listeners: () => readonly Listener[] | null;
  /** Values of what rules may name as secrets. */
  readonly secrets: () => Readonly<Record<string, string>>;
  /** The text without any value that must not be read anywhere. */
  readonly redact: (text: string) => string;
  /** The token that opens a clone URL; null when none does. */
  readonly tokenFor: (url: string) => string | null;
  /** What to catch up with at GitHub; null when that is nothing. */
  readonly githubCatchUp: () => CatchUpSettings | null;
  readonly state: () => ConfigState;
  /**
   * Reads the configuration again, one reading after the other. A broken one changes nothing but the state, and is
   * thrown as `invalid`. Resolves to the state's `needsRestart`.
   */
  readonly reload: () => Promise<readonly string[]>;
}

interface Built {
  readonly config: Config;
  readonly forges: readonly Forge[];
  readonly rules: readonly Rule[];
  readonly sources: readonly HttpSource[];
  readonly reporters: readonly Reporter[];
  readonly hooks: readonly Hook[];
  readonly redact: (text: string) => string;
}

/** Holds the configuration that counts now. */
export function inForce(
  first: Config,
  needs: {
    readonly clock: Clock;
    readonly readConfig: () => Promise<Config>;
    /** Hears what Buildkite's webhooks tell of builds. */
    readonly hearBuildkite: (word: BuildWord) => void;
    /** Where programs are looked for. */
    readonly path: string;
    /** What references in hooks files mean. */
    readonly references: HooksReading['references'];
    /** The socket of the agent that holds opened keys; null: there is none. */
    readonly keyAgent: string | null;
  } & ReporterNeeds,
): InForce {
  let built = build(first);
  let state: ConfigState = { file: first.file, loadedAt: needs.clock.now(), error: null, needsRestart: [] };
  let reading: Promise<unknown> = Promise.resolve();

  /** Where people see a run; only a URL that somebody wrote down can be told to the world. */
  function runUrl(config: Config): ((run: RunId) => string) | null {
    const base = config.admin.url;
    return base === null ? null : run => `${base}/#/runs/${run}`;
  }

  function build(config: Config): Built {
    const forges = forgesOf(config, runUrl(config));
    const { scripts, radicle, garden, tangled } = config;
    const { buildkite } = config.providers;
    const hooks = readHookFiles(config, needs.references);
    const redact = createTextRedactor([
      ...Object.values(config.secrets),
      ...Object.values(config.adapterSecrets),
      ...(garden === null ? [] : [garden.secrets, ...Object.values(garden.repositories)].flat()),
      ...(tangled?.secretKey ? [tangled.secretKey] : []),
      ...(radicle?.passphrase ? [radicle.passphrase] : []),
      ...forges.flatMap(forge => forge.secrets),
      ...(scripts?.tokens ?? []),
      ...(buildkite === null ? [] : [buildkite.token]),
      ...(buildkite?.webhook ? [buildkite.webhook.secret] : []),
      ...(config.hooks?.fromRepository?.secrets ?? []),
      ...(config.reports.discord === null ? [] : [config.reports.discord.url]),
      ...(config.reports.hook?.secrets ?? []),
      ...(config.lightspeed?.secrets ?? []),
      ...(config.lightspeed?.role?.token ? [config.lightspeed.role.token] : []),
      ...(config.lightspeed?.listeners ?? []).flatMap(({ discord, githubToken }) =>
        [discord?.url, githubToken].filter(secret => typeof secret === 'string'),
      ),
    ]);
    const more = { redact, runUrl: runUrl(config), now: () => needs.clock.now() };
    return {
      config,
      forges,
      redact,
      hooks,
      rules: [
        ...config.rules,
        ...hookRules(config, hooks),
        ...(scripts === null ? [] : [scriptsRule(scripts, scripts)]),
        ...(tangled === null ? [] : [tangledRule(tangled)]),
      ],
      sources: [
        ...forges.map(forge => forge.source),
        ...receiveHook(config),
        ...(garden === null
          ? []
          : [
              createGardenSource({
                ...garden,
                isKept: rid => radicle !== null && isStored(radicle.home, rid),
              }),
            ]),
        ...(scripts === null ? [] : [createScriptsSource(scripts, needs.path)]),
        // Where scripts are the whole door, nothing else is there.
        createBuildkiteSource(buildkite && { proof: buildkite.webhook }, needs.hearBuildkite),
      ],
      reporters: [
        ...forges.flatMap(({ reporter }) => (reporter === null ? [] : [reporter])),
        ...(radicle === null
          ? []
          : [
              createRadicleReporter({
                ...radicle,
                ...needs,
                memory: needs.memoryOf('radicle'),
                runUrl: runUrl(config),
              }),
            ]),
        ...reportersOf(config, needs, more),
      ],
    };
  }

  async function readAgain(): Promise<readonly string[]> {
    try {
      const read = await needs.readConfig();
      built = build(reloaded(first, read));
      const { file } = built.config;
      const later = needsRestart(read, built.config);
      state = { file, loadedAt: needs.clock.now(), error: null, needsRestart: later };
      return later;
    } catch (error) {
      state = { ...state, error: SignalboxError.from(error).message };
      throw error;
    }
  }

  return {
    config: () => built.config,
    rules: () => built.rules,
    sources: () => built.sources,
    hooks: () => built.hooks,
    reporters: () => built.reporters,
    listeners: () => {
      const { lightspeed } = built.config;
      if (lightspeed === null || !lightspeed.hasAdmin) return null;
      return lightspeed.listeners.map(({ name, rule, shown, registeredAt }) => ({
        name,
        pool: rule.pool,
        config: shown,
        registeredAt,
      }));
    },
    secrets: () => ({ ...built.config.secrets, ...built.config.adapterSecrets }),
    redact: text => built.redact(text),
    tokenFor: url => tokenFor(built.forges, url),
    githubCatchUp: () => githubCatchUp(built.config),
    state: () => state,
    reload: () => {
      const mine = reading.then(readAgain);
      reading = mine.catch(() => undefined); // told to who asked for it
      return mine;
    },
  };
}

/** Where Lightspeed's hook server takes deliveries; its admin server is not called by GitHub. */
function receiveHook({ lightspeed, limits }: Config): readonly HttpSource[] {
  if (lightspeed === null || lightspeed.role?.kind === 'admin') return [];
  const mostBodyBytes = lightspeed.role === null ? null : limits.bodyBytes;
  return [createReceiveHookSource({ ...lightspeed, mostBodyBytes })];
}
