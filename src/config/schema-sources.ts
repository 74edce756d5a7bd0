import { z } from 'zod';
import type { GardenConfig, GiteaConfig, GithubConfig, GitlabConfig } from './config.ts';
import { gitea, github, gitlab } from './schema-forges.ts';
import { hooks, type WrittenHooks } from './schema-hooks.ts';
import { garden, radicle, type WrittenRadicle } from './schema-radicle.ts';
import { scripts, type WrittenScripts } from './schema-scripts.ts';
import { tangled, type WrittenTangled } from './schema-tangled.ts';

/** Where events come from, as it is written; null: not from there. */
export interface WrittenSources {
  readonly github: GithubConfig | null;
  readonly gitlab: GitlabConfig | null;
  readonly gitea: GiteaConfig | null;
  readonly hooks: WrittenHooks | null;
  readonly scripts: WrittenScripts | null;
  readonly radicle: WrittenRadicle | null;
  readonly garden: GardenConfig | null;
  readonly tangled: WrittenTangled | null;
  readonly schedule: { readonly timezone: string };
}

const timezone = z.string().refine(isTimezone, { error: 'write a time zone such as UTC or Europe/Berlin' });

export const sources: z.ZodType<WrittenSources> = z
  .strictObject({
    github: github.optional().meta({
      description: 'Webhooks of GitHub, at `/github` on the public door.',
      examples: [{ secret: '${env:GITHUB_WEBHOOK_SECRET}' }],
    }),
    gitlab: gitlab.optional().meta({
      description: 'Webhooks of GitLab, at `/gitlab` on the public door.',
      examples: [{ token: '${env:GITLAB_WEBHOOK_TOKEN}' }],
    }),
    gitea: gitea.optional().meta({
      description: 'Webhooks of Gitea and of Forgejo, at `/gitea` on the public door.',
      examples: [{ secret: '${env:GITEA_WEBHOOK_SECRET}' }],
    }),
    hooks: hooks.optional().meta({
      description: 'Hooks files of adnanh/webhook, at `/hooks/` on the public door.',
      examples: [{ files: ['hooks.json'] }],
    }),
    scripts: scripts.optional().meta({
      description:
        'Scripts of a folder, called over HTTP: `GET /v1/list-dist`, `POST /v1/start` with `{"executor": "node", "script": "a.js", "args": [], "env_vars": ["A=b"]}`. Each start is an event and a run of the rule `scripts`.',
      examples: [{ dir: './dist', executors: ['node'], token: '${env:SCRIPTS_TOKEN}' }],
    }),
    radicle: radicle.optional().meta({
      description:
        'The Radicle node on this machine: its repositories, each under its id, such as `rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5`. See [radicle.md](radicle.md).',
      examples: [{ home: '~/.radicle' }],
    }),
    garden: garden.optional().meta({
      description: 'Webhooks of Radicle Garden, at `/garden` on the public door.',
      examples: [{ secret: '${env:GARDEN_SECRET}' }],
    }),
    tangled: tangled.optional().meta({
      description:
        'A spindle: CI for repositories in Tangled whose owners have chosen this one. See [tangled.md](tangled.md).',
      examples: [{ hostname: 'spindle.example.org', owner: 'did:plc:ewvi7nxzyoun6zhxrhs64oiz' }],
    }),
    schedule: z
      .strictObject({
        timezone: timezone
          .prefault('UTC')
          .meta({ description: 'The time zone of every `cron`.', examples: ['Europe/Berlin'] }),
      })
      .prefault({})
      .meta({ description: 'What starts rules by the clock.', examples: [{ timezone: 'Europe/Berlin' }] }),
  })
  .transform(({ github, gitlab, gitea, hooks, scripts, radicle, garden, tangled, schedule }) => ({
    github: github ?? null,
    gitlab: gitlab ?? null,
    gitea: gitea ?? null,
    hooks: hooks ?? null,
    scripts: scripts ?? null,
    radicle: radicle ?? null,
    garden: garden ?? null,
    tangled: tangled ?? null,
    schedule,
  }));

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
