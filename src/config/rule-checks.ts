import { Cron } from 'croner';
import type { Flaw } from '../domain/condition.ts';
import { nearest } from '../lib/nearest.ts';
import type { Config, GitPolicy } from './config.ts';
import { checkDagger } from './dagger.ts';
import { type Finding, finding } from './problem.ts';
import { checkBuild } from './providers.ts';
import { isCloneUrl, isStartedByEvents, literalRepo } from './rules.ts';
import type { WrittenRule } from './schema-rule.ts';

/** How patterns and expressions are told to be right or wrong; what evaluates them knows. */
export interface ConditionChecks {
  checkGlob(pattern: string): Flaw | null;
  checkExpression(source: string): Flaw | null;
  /** Whether a glob matches the whole text. */
  glob(pattern: string, text: string): boolean;
  /** What is allowed and probably not meant. */
  adviseExpression(source: string): readonly Flaw[];
}

/** The parts of the configuration that rules name. */
export interface Named {
  readonly secrets: readonly string[];
  readonly reporters: readonly string[];
  readonly adapters: readonly string[];
  readonly providers: Config['providers'];
  readonly timezone: string;
  readonly git: GitPolicy;
  /** Whether there may be agents elsewhere, which have secrets of their own. */
  readonly agents: boolean;
}

export function namedIn(
  config: Pick<
    Config,
    | 'secrets'
    | 'github'
    | 'gitlab'
    | 'gitea'
    | 'radicle'
    | 'reports'
    | 'adapters'
    | 'providers'
    | 'schedule'
    | 'git'
    | 'transport'
  >,
): Named {
  const { github, gitlab, gitea } = config;
  return {
    secrets: Object.keys(config.secrets),
    reporters: [
      ...(github?.token ? ['github'] : []),
      ...(gitlab?.apiToken ? ['gitlab'] : []),
      ...(gitea?.token ? ['gitea'] : []),
      ...(config.radicle ? ['radicle'] : []),
      ...(config.reports.discord ? ['discord'] : []),
      ...(config.reports.hook ? ['hook'] : []),
    ],
    adapters: config.adapters.map(({ name }) => name),
    providers: config.providers,
    timezone: config.schedule.timezone,
    git: config.git,
    agents: config.transport.kind === 'rabbitmq',
  };
}

/** Everything that is wrong with a rule beyond its single values. Paths begin at the rule. */
export function checkRule(checks: ConditionChecks, rule: WrittenRule, named: Named): readonly Finding[] {
  return [
    ...checkAction(rule),
    ...checkDagger(rule),
    ...checkAdapter(rule, named.adapters),
    ...checkBuild(rule, named.providers, checks),
    ...checkConditionsApply(rule),
    ...checkSchedule(rule, named.timezone),
    ...checkRepo(rule, named.git),
    ...checkPatterns(checks, rule),
    ...(rule.if === undefined ? [] : flawsAt(['if'], checks.checkExpression(rule.if))),
    ...checkVariables(rule),
    ...checkPool(rule, named),
    ...unknownNames(
      'report',
      rule.report,
      named.reporters,
      name => tokenless.get(name) ?? `there is no reporter ${JSON.stringify(name)}`,
    ),
  ];
}

/** What to say of the reporters that there could be. */
const tokenless: ReadonlyMap<string, string> = new Map([
  [
    'github',
    'GitHub cannot be told without a token: add `sources: { github: { token: "${env:GITHUB_TOKEN}" } }`',
  ],
  [
    'gitlab',
    'GitLab cannot be told without a token: add `sources: { gitlab: { apiToken: "${env:GITLAB_TOKEN}" } }`',
  ],
  [
    'gitea',
    'Gitea cannot be told without a token: add `sources: { gitea: { token: "${env:GITEA_TOKEN}", api: "https://git.example.org/api/v1" } }`',
  ],
  [
    'discord',
    'Discord cannot be told without a webhook: add `reports: { discord: { url: "${env:DISCORD_WEBHOOK}" } }`',
  ],
  [
    'hook',
    'there is no webhook to call: add `reports: { hook: { url: "https://example.org/runs", secret: "${env:HOOK_SECRET}" } }`',
  ],
  ['radicle', 'Radicle cannot be told without a node: add `sources: { radicle: { home: ~/.radicle } }`'],
]);

/** What is allowed and probably not meant. */
export function adviseRule(checks: ConditionChecks, rule: WrittenRule): readonly Finding[] {
  const nameless = (rule.repo ?? []).flatMap((pattern, n) =>
    /\/|\*\*|^!|^rad:/.test(pattern)
      ? []
      : [finding(['repo', n], 'matches no repository: their names are owner/name')],
  );
  const reckless = rule.trust === 'anyone' && rule.isolation === 'none';
  const generous = rule.trust === 'anyone' && rule.on.includes('patch') && rule.secrets.length > 0;
  const tagless = rule.branch !== undefined && rule.on.includes('tag');
  return [
    ...nameless,
    ...(tagless ? [finding(['branch'], 'a tag has no branch: with this the rule never runs for a tag')] : []),
    ...(reckless
      ? [
          finding(
            ['isolation'],
            "with `trust: anyone`, strangers' code runs with all rights of signalbox, and can read its data and secrets",
          ),
        ]
      : []),
    ...(generous
      ? [
          finding(
            ['secrets'],
            'with `trust: anyone`, patches of strangers run without these, because whoever opens one could read them',
          ),
        ]
      : []),
    ...(rule.if === undefined ? [] : checks.adviseExpression(rule.if).flatMap(flaw => flawsAt(['if'], flaw))),
  ];
}

function checkAction(rule: WrittenRule): readonly Finding[] {
  const [first, second] = (['run', 'exec', 'dagger', 'adapter', 'buildkite'] as const).filter(
    key => rule[key] !== undefined,
  );
  if (first === undefined)
    return [
      finding(
        [],
        'does nothing: add `run` with a shell command, `exec` with a program, `dagger` with a function, `adapter` with the name of one, or `buildkite` with a pipeline',
      ),
    ];
  if (second === undefined)
    return rule.directory !== undefined && first !== 'run' && first !== 'exec'
      ? [finding(['directory'], `is for \`run\` and \`exec\`: \`${first}\` works in a checkout`)]
      : [];
  return [finding([second], `there is a \`${first}\` as well, and only one of them can be`)];
}

function checkAdapter({ adapter }: WrittenRule, known: readonly string[]): readonly Finding[] {
  return adapter === undefined || known.includes(adapter)
    ? []
    : [
        finding(
          ['adapter'],
          `there is no adapter ${adapter}: add it to the section \`adapters\``,
          nearest(adapter, known),
        ),
      ];
}

function checkConditionsApply(rule: WrittenRule): readonly Finding[] {
  if (!isStartedByEvents(rule))
    return (['branch', 'paths', 'action', 'if'] as const)
      .filter(key => rule[key] !== undefined)
      .map(key => ({
        path: [key],
        at: 'key',
        message: 'is never asked: a schedule or a hand starts this rule, whatever happened',
        suggestion: null,
      }));
  const needsPatch = rule.action?.find(action => action === 'closed' || action === 'merged');
  return needsPatch === undefined || rule.on.includes('patch')
    ? []
    : [finding(['action'], `only patches are ${needsPatch}: add patch to \`on\``)];
}

function checkSchedule({ on, cron, ...rule }: WrittenRule, timezone: string): readonly Finding[] {
  if (!on.includes('schedule'))
    return cron === undefined
      ? []
      : [{ path: ['cron'], at: 'key', message: 'is never due: add schedule to `on`', suggestion: null }];
  if (cron === undefined) return [finding(['on'], 'a schedule needs `cron` to say when')];
  const manyRepos = rule.repo !== undefined && literalRepo(rule) === null;
  return [
    ...checkCron(cron, timezone),
    ...(manyRepos
      ? [
          finding(
            ['repo'],
            'a schedule needs one repository, without wildcards: its name, or none for an empty directory',
          ),
        ]
      : []),
  ];
}

function checkCron(cron: string, timezone: string): readonly Finding[] {
  try {
    const next = new Cron(cron, { paused: true, timezone, mode: '5-part' }).nextRun();
    return next === null ? [finding(['cron'], 'is never due')] : [];
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    const form = 'write minute, hour, day of month, month and day of week, such as "0 3 * * *"';
    return [finding(['cron'], /parts|configuration format/.test(why) ? form : `${why}: ${form}`)];
  }
}

function checkRepo(rule: WrittenRule, git: GitPolicy): readonly Finding[] {
  return (rule.repo ?? []).flatMap((repo, n) => {
    if (!isCloneUrl(repo))
      return /^[^/]+@[^/]+:/.test(repo)
        ? [finding(['repo', n], 'write a clone URL in full: ssh://git@host/owner/name.git')]
        : [];
    if (isStartedByEvents(rule) || (rule.repo?.length ?? 0) > 1)
      return [
        finding(
          ['repo', n],
          'only a rule for schedule and manual alone can have a clone URL, one of them: write owner/name',
        ),
      ];
    const message = cloneUrlFlaw(repo, git);
    return message === undefined ? [] : [finding(['repo', n], message)];
  });
}

function cloneUrlFlaw(text: string, git: GitPolicy): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'is not a URL';
  if (url.password !== '') return 'a password cannot stand here: it would be shown with every run';
  if (url.protocol === 'file:')
    return git.allowFile ? undefined : 'a repository on this machine needs `git: { allowFile: true }`';
  return ['https:', 'http:', 'ssh:'].includes(url.protocol)
    ? undefined
    : `${url.protocol}// cannot be cloned: use https:// or ssh://`;
}

function checkPatterns(checks: ConditionChecks, rule: WrittenRule): readonly Finding[] {
  return (['repo', 'branch', 'paths'] as const).flatMap(key =>
    (rule[key] ?? []).flatMap((written, n) => {
      const pattern = written.replace(/^!/, '');
      if (key === 'repo' && isCloneUrl(pattern)) return [];
      if (key === 'branch' && pattern.startsWith('$'))
        return pattern === '$default'
          ? []
          : [finding(['branch', n], `${JSON.stringify(pattern)} is not known`, '$default')];
      return flawsAt([key, n], checks.checkGlob(pattern), written.length - pattern.length);
    }),
  );
}

/** Variables that every job gets; a rule's own would be overwritten. */
export function checkVariables({ env, secrets }: Pick<WrittenRule, 'env' | 'secrets'>): readonly Finding[] {
  const taken = (name: string) => name === 'CI' || name.startsWith('SIGNALBOX');
  const message = 'is set for every job already, and cannot be changed';
  return [
    ...Object.keys(env)
      .filter(taken)
      .map(name => ({ path: ['env', name], at: 'key' as const, message, suggestion: null })),
    ...secrets.flatMap((name, n) => (taken(name) ? [finding(['secrets', n], `${name} ${message}`)] : [])),
  ];
}

/** What to say of a pool that nobody can take runs of. */
export const noAgents: string =
  'there is one pool, "local", where no agents can come: they need  transport: "amqp://…"';

/** Who takes its runs, and where its secrets are: agents have some of their own. */
function checkPool({ pool, secrets }: WrittenRule, named: Named): readonly Finding[] {
  if (named.agents && pool !== 'local') return [];
  return [
    ...(pool === 'local' ? [] : [finding(['pool'], noAgents)]),
    ...unknownSecrets(secrets, named.secrets),
  ];
}

/** Secrets that nobody has given a value. */
export function unknownSecrets(names: readonly string[], known: readonly string[]): readonly Finding[] {
  return unknownNames(
    'secrets',
    names,
    known,
    name => `there is no secret ${name}: add it to the section \`secrets\``,
  );
}

function unknownNames(
  key: string,
  names: readonly string[],
  known: readonly string[],
  message: (name: string) => string,
): readonly Finding[] {
  return names.flatMap((name, n) =>
    known.includes(name) ? [] : [finding([key, n], message(name), nearest(name, known))],
  );
}

function flawsAt(path: Finding['path'], flaw: Flaw | null, shift = 0): readonly Finding[] {
  return flaw === null ? [] : [{ path, at: flaw.offset + shift, message: flaw.message, suggestion: null }];
}
