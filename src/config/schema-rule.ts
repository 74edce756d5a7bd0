import { z } from 'zod';
import { type BusyPolicy, groupPlaceholders } from '../domain/concurrency.ts';
import { type Isolation, isolationLevels, type Trust, trustLevels } from '../domain/rule.ts';
import { busy, limit } from './schema-concurrency.ts';
import { dagger, type WrittenDagger } from './schema-dagger.ts';
import { duration, name, oneOrMany, pool, text, variable, whole } from './schema-parts.ts';
import { build, type WrittenBuild } from './schema-providers.ts';

const triggers = ['push', 'patch', 'tag', 'canonical', 'pipeline', 'schedule', 'manual'] as const;
type Trigger = (typeof triggers)[number];
/** What can happen to something that then has a commit to run. */
const actions = ['created', 'updated', 'closed', 'merged'] as const;

/** A rule as it is written, each value readable in itself. */
export interface WrittenRule {
  readonly name: string;
  readonly on: readonly Trigger[];
  readonly repo?: readonly string[] | undefined;
  readonly branch?: readonly string[] | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly action?: readonly (typeof actions)[number][] | undefined;
  readonly if?: string | undefined;
  readonly cron?: string | undefined;
  readonly run?: string | undefined;
  readonly exec?: readonly [string, ...string[]] | undefined;
  readonly directory?: string | undefined;
  readonly dagger?: WrittenDagger | undefined;
  readonly adapter?: string | undefined;
  readonly buildkite?: WrittenBuild | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly pool: string;
  readonly timeout: number;
  readonly retry: { readonly lost: number };
  readonly concurrency?:
    | { readonly group: string; readonly limit: number; readonly busy: BusyPolicy }
    | undefined;
  readonly trust: Trust;
  readonly isolation: Isolation;
  readonly report: readonly string[];
}

const unknownPlaceholder = (group: string): string | undefined =>
  [...group.matchAll(/\{([^{}]*)\}/g)]
    .map(([, name = '']) => name)
    .find(name => !groupPlaceholders.some(known => known === name));

const patterns = oneOrMany(text(256));
/** Larger arguments are refused by the system when the job starts. */
const argument = z
  .string()
  .max(32_768, { error: 'is longer than 32768 characters' })
  .refine(text => !text.includes('\0'), {
    error: 'a NUL character cannot be passed to a program',
  });

export const ruleSchema: z.ZodType<WrittenRule> = z.strictObject({
  name: name.meta({
    description: 'What the rule is called in lists, links and commit statuses. Unique.',
    examples: ['unit-tests'],
  }),
  on: oneOrMany(z.enum(triggers)).meta({
    description:
      'What starts the rule: `push` (to a branch), `patch` (a pull or merge request), `tag`, `canonical` (the branch or tag that the delegates of a Radicle repository agree on has moved), `pipeline` (a push or pull request in Tangled, whether or not workflows of its own answer to it), `schedule` (with `cron`), `manual` (only by hand; every rule can also be started by hand).',
    examples: ['push', ['push', 'patch']],
  }),
  repo: patterns.optional().meta({
    description:
      'Globs of repository names `owner/name`; `!` excludes. All repositories when left out. A plain name is also what is checked out for a schedule or a start by hand; a rule for `schedule` and `manual` alone may give a clone URL instead.',
    examples: ['acme/*', ['acme/app', 'acme/lib-*'], 'https://git.example.org/acme/app.git'],
  }),
  branch: patterns.optional().meta({
    description:
      "Globs of branch names; for a patch, of the branch that it wants to change. `$default` is the repository's default branch, `!` excludes. All branches when left out.",
    examples: ['$default', ['main', 'release/*']],
  }),
  paths: patterns.optional().meta({
    description:
      'Globs of changed files, of which one must match; `!` excludes. Where the sender does not say what changed, this holds.',
    examples: [['src/**', '!**/*.md']],
  }),
  action: oneOrMany(z.enum(actions))
    .optional()
    .meta({
      description:
        'What must have happened to the branch, patch or tag. When left out: for patches `created` and `updated`, otherwise anything.',
      examples: [['created', 'updated', 'merged']],
    }),
  if: text(4096)
    .optional()
    .meta({
      description: 'An expression that must be true; see below.',
      examples: ['event.actor.name != "renovate"'],
    }),
  cron: text(100)
    .optional()
    .meta({
      description:
        'When a `schedule` is due: minute, hour, day of month, month, day of week. In `sources.schedule.timezone`.',
      examples: ['0 3 * * *', '*/15 * * * MON-FRI'],
    }),
  run: text(65_536)
    .refine(text => !text.includes('\0'), { error: 'a NUL character cannot be passed to a program' })
    .optional()
    .meta({
      description:
        'What to run, by `/bin/sh`, in a fresh checkout of the commit. One of this, `exec` and `dagger`.',
      examples: ['npm ci && npm test'],
    }),
  exec: z
    .tuple([argument.min(1, { error: 'is empty' })], argument, {
      error: 'write a list: the program, then its arguments',
    })
    .optional()
    .meta({
      description: 'A program and its arguments, without a shell. One of this, `run` and `dagger`.',
      examples: [['make', '-j2', 'test']],
    }),
  directory: text(4096)
    .refine(path => path.startsWith('/') && !path.includes('\0'), {
      error: 'write a path that begins with /',
    })
    .optional()
    .meta({
      description:
        'A directory that is there already, for `run` or `exec` to work in: nothing is checked out. Runs in it can see what others have left.',
      examples: ['/srv/app'],
    }),
  dagger: dagger.optional().meta({
    description:
      'A function of a Dagger module to call, in a fresh checkout of the commit; see [Dagger](dagger.md). One of this, `run` and `exec`.',
    examples: [{ module: './ci', function: 'test', args: { src: '.' } }],
  }),
  adapter: name.optional().meta({
    description:
      'One of the `adapters`: it is told of the commit, runs CI for it wherever it does, and says how that ended. Instead of `run` and `exec`. Without `concurrency` of its own, the rule has one run at a time for each ref.',
    examples: ['native'],
  }),
  buildkite: build.optional().meta({
    description:
      'A build at Buildkite, of the commit, with the variables of `env`; see [Buildkite](buildkite.md). Instead of `run` and `exec`. It takes no room of `limits.runs`, and goes on when signalbox is restarted.',
    examples: [{ pipeline: 'app' }],
  }),
  env: z
    .record(variable, argument)
    .prefault({})
    .meta({
      description:
        'Variables for the job. Anyone who may see a run sees them: what is secret belongs in `secrets`.',
      examples: [{ NODE_ENV: 'test' }],
    }),
  secrets: oneOrMany(variable, 0)
    .prefault([])
    .meta({
      description:
        'Which of the top-level `secrets` the job gets, as variables of the same name. They are masked in its log.',
      examples: [['NPM_TOKEN']],
    }),
  pool: pool.prefault('local').meta({
    description:
      'Which agents may take the run: those that name this pool in their own file. `local` is the server itself.',
    examples: ['linux'],
  }),
  timeout: duration('1s', '7d')
    .prefault('1h')
    .meta({
      description:
        'How long an attempt may take (a duration, 1s to 7d); then it is ended, and the outcome is `timeout`.',
      examples: ['10m'],
    }),
  retry: z
    .strictObject({
      lost: whole(0, 10)
        .prefault(2)
        .meta({
          description:
            'How many more attempts (0 to 10) follow one that was lost because its machine or the server died. 0: never run twice; a lost run then ends as `lost`.',
          examples: [0],
        }),
    })
    .prefault({})
    .meta({ description: 'What is tried again.', examples: [{ lost: 0 }] }),
  concurrency: z
    .strictObject({
      group: text(256)
        .refine(group => unknownPlaceholder(group) === undefined, {
          error: `may name ${groupPlaceholders.map(name => `{${name}}`).join(', ')} and nothing else in braces`,
        })
        .prefault('{rule}/{repo}/{branch}')
        .meta({
          description:
            'Which runs share the limit: those for which this text is the same. It may name {rule}, {repo}, {branch} (of a patch: the patch), {ref}, {sha}, {actor} and {script} (of a call).',
          examples: ['{repo}/{branch}', 'deploy'],
        }),
      limit,
      busy: busy(
        'What a run does that finds its group full: `queue` waits for its turn, `cancel-older` takes the place of the oldest, `skip` does not run, `reject` does not run and the sender is answered 429.',
        'cancel-older',
      ),
    })
    .optional()
    .meta({
      description:
        'How runs that belong together share the room. Without it they do not wait for each other.',
      examples: [{ group: '{repo}/{branch}', limit: 1, busy: 'cancel-older' }],
    }),
  trust: z
    .enum(trustLevels)
    .prefault('members')
    .meta({
      description:
        "Who may start the rule without anyone's approval: `members` (of the repository, as the forge knows them; a push counts as a member's), `anyone` (also patches from forks, which then get no secrets), or nobody (`approval`). Other runs wait to be approved. A patch from a fork waits even when a member has proposed it: the forge can prove who that was, but not who else may push to the fork.",
      examples: ['approval'],
    }),
  isolation: z
    .enum(isolationLevels)
    .prefault('auto')
    .meta({
      description:
        'Whether jobs run with processes, `/tmp` and `HOME` of their own, and with no view of what signalbox keeps (its data, its home directory, its secrets in files); the network stays. `auto`: patches from forks and by others than members do, approved ones and those of `trust: anyone` as well; everything else runs with the rights of signalbox itself, which is faster and finds its caches. `namespace`: all jobs. `none`: no job. What must be isolated and cannot be on this machine ends as `error`; `signalbox doctor` says what is missing.',
      examples: ['namespace'],
    }),
  report: oneOrMany(text(64), 0)
    .prefault([])
    .meta({
      description:
        'Who is told how the run stands: `github`, `gitlab` and `gitea` set commit statuses (they need `sources.github.token`, `sources.gitlab.apiToken`, `sources.gitea.token`); `radicle` comments on the patch, and tells of a job where `rad-job` is installed; `discord` and `hook` are those of the section `reports`.',
      examples: [['github'], ['github', 'discord']],
    }),
});
