import { z } from 'zod';
import { duration, httpUrl, oneOrMany, text, whole } from './schema-parts.ts';

/** Other CI services as they are written, each value read. */
export interface WrittenProviders {
  readonly buildkite: WrittenBuildkite | null;
  readonly fake: boolean;
}

export interface WrittenBuildkite {
  readonly api: string;
  readonly organization: string;
  readonly token: string;
  readonly webhook?:
    | {
        readonly token?: string | undefined;
        readonly signature?: string | undefined;
        readonly maxAge: number;
      }
    | undefined;
  readonly pipelines: readonly string[];
  readonly builds: number;
  readonly poll: number;
}

/** What a rule has built at Buildkite. */
export interface WrittenBuild {
  readonly pipeline: string;
  readonly message?: string | undefined;
  readonly cleanCheckout: boolean;
  readonly ignoreBranchFilters: boolean;
}

const slug = '[A-Za-z0-9][A-Za-z0-9._-]{0,99}';
const slugError = 'write what the address at Buildkite ends with: letters, digits, "-", "_" and "."';

const webhook = z.strictObject({
  token: text(1024)
    .optional()
    .meta({
      description: "The webhook's token, by reference, where its settings say that the token is sent along.",
      examples: ['${env:BUILDKITE_WEBHOOK_TOKEN}'],
    }),
  signature: text(1024)
    .optional()
    .meta({
      description:
        "The webhook's token, by reference, where its settings say that requests are signed with it: safer, as it never leaves Buildkite. Either this or `token`; the other is then not looked at.",
      examples: ['${env:BUILDKITE_WEBHOOK_TOKEN}'],
    }),
  maxAge: duration('0s', '3650d')
    .prefault('0s')
    .meta({
      description:
        'How far from now a signature may have been made (a duration); 0s: however far. What a repeated webhook says is looked up anyway.',
      examples: ['5m'],
    }),
});

const buildkite: z.ZodType<WrittenBuildkite> = z.strictObject({
  api: httpUrl.prefault('https://api.buildkite.com/v2').meta({
    description: 'The address of the REST API, with or without `/v2`.',
    examples: ['https://api.buildkite.com/v2'],
  }),
  organization: z
    .string()
    .regex(new RegExp(`^${slug}$`), { error: slugError })
    .meta({
      description: 'The organization that is meant where a rule or workflow names a pipeline alone.',
      examples: ['acme'],
    }),
  token: text(4096).meta({
    description:
      'An API access token, by reference, with the scopes `write_builds`, `read_builds` and `read_build_logs`.',
    examples: ['${env:BUILDKITE_TOKEN}'],
  }),
  webhook: webhook.optional().meta({
    description:
      'How webhooks at `/webhooks/buildkite` prove where they are from. Without them builds are seen to their end as well, later.',
    examples: [{ signature: '${env:BUILDKITE_WEBHOOK_TOKEN}' }],
  }),
  pipelines: oneOrMany(text(256))
    .prefault(['*'])
    .meta({
      description:
        'Globs of the pipelines that may be built, of the organization, or with another one as `organization/pipeline`. Workflows are written by whoever may push, and the token may build everything.',
      examples: [['app', 'app-*', 'other-org/site']],
    }),
  builds: whole(1, 1000)
    .prefault(50)
    .meta({
      description: 'How many builds may be under way at a time; further runs wait in the queue.',
      examples: [10],
    }),
  poll: duration('100ms', '10m')
    .prefault('15s')
    .meta({
      description:
        'How often a build is looked at of which no webhook tells (a duration); others a quarter as often. With many builds, less often, to stay within what Buildkite allows.',
      examples: ['30s'],
    }),
});

export const providers: z.ZodType<WrittenProviders> = z
  .strictObject({
    buildkite: buildkite.optional().meta({
      description: 'Builds at Buildkite. See [buildkite.md](buildkite.md).',
      examples: [{ organization: 'acme', token: '${env:BUILDKITE_TOKEN}' }],
    }),
    fake: z
      .strictObject({})
      .optional()
      .meta({
        description:
          'A service that plays a short build that succeeds, whatever it is to build: to try out everything around one.',
        examples: [{}],
      }),
  })
  .transform(({ buildkite, fake }) => ({ buildkite: buildkite ?? null, fake: fake !== undefined }));

export const build: z.ZodType<WrittenBuild> = z.strictObject({
  pipeline: z
    .string()
    .regex(new RegExp(`^(?:${slug}/)?${slug}$`), { error: slugError })
    .meta({
      description:
        'The pipeline: its name in addresses, of `providers.buildkite.organization`, or `organization/pipeline`.',
      examples: ['app'],
    }),
  message: text(200)
    .optional()
    .meta({
      description:
        "What the build is called. When left out, the first line of the commit's message, or the title of the patch.",
      examples: ['Nightly'],
    }),
  cleanCheckout: z
    .boolean()
    .prefault(false)
    .meta({ description: 'Whether agents begin with an empty checkout.', examples: [true] }),
  ignoreBranchFilters: z
    .boolean()
    .prefault(false)
    .meta({
      description: "Whether the build is made also where the pipeline's branch filters would not have it.",
      examples: [true],
    }),
});
