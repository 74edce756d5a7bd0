import type { Json } from '../domain/json.ts';
import { masked } from '../domain/shown.ts';
import { durationText, sizeText } from '../lib/units.ts';
import type { Config, Door, StoreConfig } from './config.ts';

/** The configuration in force, for the first line of the log: what was chosen, and of secrets only that they are there. */
export function summary(config: Config): { readonly [key: string]: Json } {
  const { limits, retention, github, gitlab, gitea, hooks, scripts, radicle, garden, tangled } = config;
  return {
    file: config.file,
    public: door(config.public),
    admin: door(config.admin),
    badges: config.badges,
    data: config.dataDir,
    store: storeText(config.store),
    logs:
      config.logs === null ? 'files' : { bucket: config.logs.bucket, endpoint: masked(config.logs.endpoint) },
    transport: config.transport.kind === 'embedded' ? 'embedded' : config.transport.address.shown,
    ...(config.agent === null ? {} : { agent: { ...config.agent } }),
    sources: {
      ...(github === null
        ? {}
        : {
            github: {
              secrets: github.secrets.length,
              token: whether(github.token),
              api: github.api,
              catchUp: {
                repositories: github.catchUp.repositories ?? 'those that are known',
                organizations: github.catchUp.organizations,
                every: durationText(github.catchUp.everyMs),
              },
            },
          }),
      ...(gitlab === null
        ? {}
        : {
            gitlab: {
              tokens: gitlab.tokens.length,
              secrets: gitlab.secrets.length,
              apiToken: whether(gitlab.apiToken),
              api: gitlab.api,
            },
          }),
      ...(gitea === null
        ? {}
        : { gitea: { secrets: gitea.secrets.length, token: whether(gitea.token), api: gitea.api } }),
      ...(hooks === null
        ? {}
        : {
            hooks: {
              files: hooks.files,
              checkout: hooks.checkout,
              async: hooks.async,
              fromRepository:
                hooks.fromRepository === null
                  ? 'none'
                  : {
                      repositories: hooks.fromRepository.repositories,
                      branches: hooks.fromRepository.branches,
                      secrets: hooks.fromRepository.secrets.length,
                    },
            },
          }),
      ...(scripts === null
        ? {}
        : {
            scripts: {
              dir: scripts.folder,
              path: scripts.mount,
              executors: scripts.interpreters ?? 'any',
              tokens: scripts.tokens.length,
              rateLimit: scripts.rateLimit ?? 'none',
              env: Object.keys(scripts.env),
              secrets: scripts.secrets,
              timeout: durationText(scripts.timeoutMs),
              concurrency: scripts.concurrency === null ? 'none' : { ...scripts.concurrency },
            },
          }),
      ...(radicle === null
        ? {}
        : {
            radicle: {
              home: radicle.home,
              socket: radicle.socket,
              reconcile: durationText(radicle.reconcileMs),
              firstSeen: radicle.firstSeen,
              passphrase: whether(radicle.passphrase),
            },
          }),
      ...(garden === null
        ? {}
        : { garden: { secrets: garden.secrets.length, repositories: Object.keys(garden.repositories) } }),
      ...(tangled === null
        ? {}
        : {
            tangled: {
              hostname: tangled.hostname,
              owner: tangled.owner,
              members: tangled.members,
              knots: tangled.knots,
              plc: masked(tangled.plc),
              jetstream: tangled.jetstream === null ? 'none' : masked(tangled.jetstream),
              reconcile: durationText(tangled.reconcileMs),
              timeout: durationText(tangled.timeoutMs),
              secretKey: whether(tangled.secretKey),
              dev: tangled.dev,
            },
          }),
      schedule: { timezone: config.schedule.timezone },
    },
    reports: reports(config),
    ...(config.lightspeed === null
      ? {}
      : {
          lightspeed: {
            listeners: config.lightspeed.listeners.map(({ file }) => file),
            admin: config.lightspeed.hasAdmin,
            secrets: config.lightspeed.secrets.length,
          },
        }),
    adapters: config.adapters.map(adapter => adapter.name),
    providers: providers(config.providers),
    rules: config.rules.map(rule => rule.name),
    secrets: Object.keys(config.secrets),
    limits: {
      body: sizeText(limits.bodyBytes),
      queue: limits.queue,
      log: sizeText(limits.logBytes),
      runs: limits.runs,
      lease: durationText(limits.leaseMs),
    },
    retention: {
      events: durationText(retention.eventsMs),
      deliveryIds: durationText(retention.deliveryIdsMs),
      logs: durationText(retention.logsMs),
      logsTotal: sizeText(retention.logsTotalBytes),
    },
    git: { allowFile: config.git.allowFile, allowPrivateHosts: config.git.allowPrivateHosts },
  };
}

function reports({ reports: { discord, hook } }: Config): { readonly [key: string]: Json } {
  return {
    ...(discord === null ? {} : { discord: { mention: discord.mention, when: discord.when } }),
    ...(hook === null
      ? {}
      : {
          hook: {
            url: masked(hook.url),
            secrets: hook.secrets.length,
            allowPrivateHosts: hook.allowsPrivateHosts,
          },
        }),
  };
}

function providers({ buildkite, fake }: Config['providers']): Json {
  return {
    ...(buildkite === null
      ? {}
      : {
          buildkite: {
            api: buildkite.api,
            organization: buildkite.organization,
            token: 'set',
            webhook: buildkite.webhook?.mode ?? 'none',
            pipelines: buildkite.pipelines,
            builds: buildkite.mostBuilds,
            poll: durationText(buildkite.pollMs),
          },
        }),
    ...(fake ? { fake: {} } : {}),
  };
}

const whether = (token: string | null): string => (token === null ? 'none' : 'set');

const door = ({ host, port, url }: Door): Json => ({
  host,
  port,
  ...(url === null ? {} : { url: masked(url) }),
});

const storeText = (store: StoreConfig): string => (store.kind === 'sqlite' ? 'sqlite' : masked(store.url));
