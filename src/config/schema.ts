import { z } from 'zod';
import type {
  AgentConfig,
  BadgeReaders,
  BucketConfig,
  Door,
  GitPolicy,
  Limits,
  ReportsConfig,
  Retention,
  StoreConfig,
  Transport,
} from './config.ts';
import { adapters, type WrittenAdapter } from './schema-adapters.ts';
import { agent, transport } from './schema-agent.ts';
import { lightspeed, type WrittenLightspeed } from './schema-lightspeed.ts';
import { duration, httpUrl, size, text, variable, whole } from './schema-parts.ts';
import { providers, type WrittenProviders } from './schema-providers.ts';
import { reports } from './schema-reports.ts';
import { retention } from './schema-retention.ts';
import { ruleSchema, type WrittenRule } from './schema-rule.ts';
import { sources, type WrittenSources } from './schema-sources.ts';
import { logs, store } from './schema-store.ts';

/** The configuration file, each value read and every default filled in. */
export interface WrittenConfig {
  readonly version: 1;
  readonly public: Door;
  readonly admin: Door;
  readonly data: string;
  readonly store: StoreConfig;
  readonly logs: BucketConfig | null;
  readonly transport: Transport;
  readonly sources: WrittenSources;
  readonly adapters: Readonly<Record<string, WrittenAdapter>>;
  readonly reports: ReportsConfig;
  readonly lightspeed?: WrittenLightspeed | undefined;
  readonly providers: WrittenProviders;
  readonly rules: readonly WrittenRule[];
  readonly secrets: Readonly<Record<string, string>>;
  readonly badges: BadgeReaders;
  readonly limits: Limits;
  readonly retention: Retention;
  readonly git: GitPolicy;
  readonly agent?: AgentConfig | undefined;
}

export const mostSecrets: number = 1000;

/** Where a value may only stand as a reference; `*` is any key. */
export const secretPlaces: readonly (readonly string[])[] = [
  ['sources', 'github', 'secret'],
  ['sources', 'github', 'token'],
  ['sources', 'gitlab', 'token'],
  ['sources', 'gitlab', 'secret'],
  ['sources', 'gitlab', 'apiToken'],
  ['sources', 'gitea', 'secret'],
  ['sources', 'gitea', 'token'],
  ['sources', 'hooks', 'fromRepository', 'secret'],
  ['sources', 'scripts', 'token'],
  ['sources', 'radicle', 'passphrase'],
  ['sources', 'garden', 'secret'],
  ['sources', 'garden', 'repositories', '*'],
  ['logs', 'secretAccessKey'],
  ['reports', 'discord', 'url'],
  ['reports', 'hook', 'secret'],
  ['adapters', '*', 'secretEnv', '*'],
  ['providers', 'buildkite', 'token'],
  ['providers', 'buildkite', 'webhook', 'token'],
  ['providers', 'buildkite', 'webhook', 'signature'],
  ['secrets', '*'],
];

const door = (what: string, host: string, port: number, url: string): z.ZodType<Door> =>
  z
    .strictObject({
      host: text(255)
        .prefault(host)
        .meta({ description: `The address that the ${what} door listens on.`, examples: ['::'] }),
      port: whole(0, 65_535)
        .prefault(port)
        .meta({ description: 'Its port; 0: the system chooses a free one.', examples: [port] }),
      url: httpUrl.optional().meta({
        description: 'How others reach it, when a proxy stands before it. Used in links.',
        examples: [url],
      }),
    })
    .transform(({ url, ...rest }) => ({ ...rest, url: url ?? null }));

const limits: z.ZodType<Limits> = z
  .strictObject({
    body: size('1KB', '256MB')
      .prefault('25MB')
      .meta({
        description: 'The largest delivery (a size); a larger one is answered 413. GitHub sends up to 25MB.',
        examples: ['5MB'],
      }),
    queue: whole(1, 10_000_000)
      .prefault(100_000)
      .meta({
        description:
          'How many runs may wait. When that many do, deliveries are answered 503 and sent again later.',
        examples: [1000],
      }),
    log: size('1KB', '100GB')
      .prefault('100MB')
      .meta({
        description: 'The largest log of one run (a size); what follows is dropped, and the log says so.',
        examples: ['10MB'],
      }),
    runs: whole(1, 1000)
      .prefault(4)
      .meta({ description: 'How many runs this server executes at a time.', examples: [2] }),
    lease: duration('1s', '10m')
      .prefault('30s')
      .meta({
        description:
          'How long an agent may be silent before its attempt counts as lost (a duration); over RabbitMQ, 15s or more survive a broken connection.',
        examples: ['1m'],
      }),
  })
  .transform(({ body, queue, log, runs, lease }) => ({
    bodyBytes: body,
    queue,
    logBytes: log,
    runs,
    leaseMs: lease,
  }));

export const configSchema: z.ZodType<WrittenConfig> = z.strictObject({
  version: z
    .literal(1, { error: 'write `version: 1`' })
    .meta({ description: 'The version of this format.', examples: [1] }),
  public: door('public', '0.0.0.0', 8080, 'https://ci.example.org')
    .prefault({})
    .meta({
      description: 'The door that forges call.',
      examples: [{ port: 8080, url: 'https://ci.example.org' }],
    }),
  admin: door('admin', '127.0.0.1', 8081, 'https://ci-admin.example.org')
    .prefault({})
    .meta({
      description: 'The door with the web page, the API and the metrics.',
      examples: [{ port: 8081 }],
    }),
  data: text(4096)
    .prefault('./data')
    .meta({
      description: 'The directory for everything that is stored. A relative path begins at this file.',
      examples: ['/var/lib/signalbox'],
    }),
  store,
  logs,
  transport: transport.prefault('embedded').meta({
    description:
      'How runs reach their agents: `embedded`, within this process, or the address of RabbitMQ, `amqp://user:password@host:port/vhost` (`amqps://` with TLS; several nodes of a cluster as `host,host`). See [scale.md](scale.md).',
    examples: ['embedded'],
  }),
  agent: agent.optional().meta({
    description:
      'In the file of `signalbox agent`, which takes runs on another machine: see [scale.md](scale.md).',
    examples: [{ name: 'box-1', pools: ['linux'], slots: 2 }],
  }),
  sources: sources.prefault({}).meta({
    description: 'Where events come from.',
    examples: [{ github: { secret: '${env:GITHUB_WEBHOOK_SECRET}' } }],
  }),
  adapters: adapters.prefault({}).meta({
    description: 'Radicle CI adapters, by the names that rules call them by. See [radicle.md](radicle.md).',
    examples: [{ native: { command: 'radicle-native-ci', configEnv: 'RADICLE_NATIVE_CI', config: {} } }],
  }),
  reports: reports.prefault({}).meta({
    description: 'Who beside forges can be told how runs stand. A rule names them in its `report`.',
    examples: [{ discord: { url: '${env:DISCORD_WEBHOOK}', when: ['failure', 'fixed'] } }],
  }),
  lightspeed: lightspeed.optional().meta({
    description:
      "Listeners of Lightspeed, with `/receive_hook` on the public door for GitHub's webhooks. See [lightspeed.md](lightspeed.md).",
    examples: [{ listeners: ['my-config.json'], admin: true }],
  }),
  providers: providers.prefault({}).meta({
    description: 'Other CI services, which run what rules and workflows hand to them.',
    examples: [{ buildkite: { organization: 'acme', token: '${env:BUILDKITE_TOKEN}' } }],
  }),
  rules: z
    .array(ruleSchema)
    .max(1000, { error: 'there are more than 1000 rules' })
    .prefault([])
    .meta({
      description: 'When something is to run, and what.',
      examples: [[{ name: 'unit-tests', on: 'push', run: 'npm test' }]],
    }),
  secrets: z
    .record(variable, text(65_536))
    .refine(secrets => Object.keys(secrets).length <= mostSecrets, {
      error: `there are more than ${mostSecrets} secrets`,
    })
    .prefault({})
    .meta({
      description: 'What rules may name in their `secrets`, by reference.',
      examples: [{ NPM_TOKEN: '${env:NPM_TOKEN}', DEPLOY_KEY: '${file:deploy-key}' }],
    }),
  badges: z
    .enum(['signed-in', 'anyone'], { error: 'is "signed-in" or "anyone"' })
    .prefault('signed-in')
    .meta({
      description:
        'Who may see `/badge/*.svg` and `/cc.xml` on the admin door: whoever is signed in or has a token, or `anyone` who reaches it. They tell the names of rules and how their last runs went.',
      examples: ['anyone'],
    }),
  limits: limits
    .prefault({})
    .meta({ description: 'How much is accepted and done at a time.', examples: [{ runs: 2 }] }),
  retention: retention
    .prefault({})
    .meta({ description: 'How long things are kept.', examples: [{ events: '7d' }] }),
  git: z
    .strictObject({
      allowFile: z
        .boolean()
        .prefault(false)
        .meta({ description: 'Allow `file://` clone URLs: repositories on this machine.', examples: [true] }),
      allowPrivateHosts: z
        .boolean()
        .prefault(false)
        .meta({
          description: "Allow clone URLs that lead into private networks, such as an intranet's own forge.",
          examples: [true],
        }),
      room: size('1MB', '100TB')
        .prefault('20GB')
        .meta({
          description:
            'How much room one checkout may take on the disk, together with its mirror (a size); a larger one is ended, and the run with it, as `error`.',
          examples: ['2GB'],
        }),
    })
    .transform(({ room, ...rest }) => ({ ...rest, roomBytes: room }))
    .prefault({})
    .meta({ description: 'What may be cloned.', examples: [{ allowPrivateHosts: true }] }),
});
