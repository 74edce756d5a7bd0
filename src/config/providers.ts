import type { ProviderCall } from '../domain/rule.ts';
import type { BuildkiteConfig, Config, ProvidersConfig } from './config.ts';
import { type Finding, finding } from './problem.ts';
import type { ConditionChecks } from './rule-checks.ts';
import type { WrittenBuild, WrittenBuildkite, WrittenProviders } from './schema-providers.ts';
import type { WrittenRule } from './schema-rule.ts';

export function compileProviders({ buildkite, fake }: WrittenProviders): ProvidersConfig {
  return { buildkite: buildkite && compileBuildkite(buildkite), fake };
}

function compileBuildkite(written: WrittenBuildkite): BuildkiteConfig {
  const { api, organization, token, webhook, pipelines, builds, poll } = written;
  const { token: plain, signature, maxAge = 0 } = webhook ?? {};
  return {
    api: api.endsWith('/v2') ? api : `${api}/v2`,
    organization,
    token,
    webhook:
      signature !== undefined
        ? { mode: 'signature', secret: signature, maxAgeMs: maxAge === 0 ? null : maxAge }
        : plain !== undefined
          ? { mode: 'token', secret: plain }
          : null,
    pipelines: pipelines.map(pattern => (pattern.includes('/') ? pattern : `${organization}/${pattern}`)),
    mostBuilds: builds,
    pollMs: poll,
  };
}

/** The section of a rule as what is called. */
export function compileBuild({ pipeline, message, ...flags }: WrittenBuild): ProviderCall {
  return {
    provider: 'buildkite',
    settings: { pipeline, ...(message === undefined ? {} : { message }), ...flags },
  };
}

/** What is wrong with the section beyond its single values. */
export function checkProviders({ buildkite }: WrittenProviders, checks: ConditionChecks): readonly Finding[] {
  if (buildkite === null) return [];
  const at = ['providers', 'buildkite'];
  const { webhook, pipelines } = buildkite;
  return [
    ...(webhook === undefined ? [] : checkWebhook(webhook, [...at, 'webhook'])),
    ...pipelines.flatMap((pattern, n) => {
      const flaw = checks.checkGlob(pattern);
      return flaw === null
        ? []
        : [{ path: [...at, 'pipelines', n], at: flaw.offset, message: flaw.message, suggestion: null }];
    }),
  ];
}

function checkWebhook(
  { token, signature, maxAge }: NonNullable<WrittenBuildkite['webhook']>,
  at: Finding['path'],
): readonly Finding[] {
  if (token === undefined && signature === undefined)
    return [
      finding(at, "needs the webhook's token, as `token` where it is sent, or as `signature` where it signs"),
    ];
  if (token !== undefined && signature !== undefined)
    return [finding([...at, 'signature'], 'there is a `token` as well: a webhook proves itself in one way')];
  return maxAge > 0 && signature === undefined
    ? [finding([...at, 'maxAge'], 'only what is signed says when it was made: it needs `signature`')]
    : [];
}

/** What is wrong with what a rule has built. */
export function checkBuild(
  { buildkite: build, secrets }: WrittenRule,
  { buildkite }: Config['providers'],
  checks: ConditionChecks,
): readonly Finding[] {
  if (build === undefined) return [];
  if (buildkite === null)
    return [
      finding(
        ['buildkite'],
        'there is no Buildkite yet: add `providers: { buildkite: { organization: acme, token: "${env:BUILDKITE_TOKEN}" } }`',
      ),
    ];
  const whole = build.pipeline.includes('/') ? build.pipeline : `${buildkite.organization}/${build.pipeline}`;
  return [
    ...(buildkite.pipelines.some(pattern => checks.glob(pattern, whole))
      ? []
      : [finding(['buildkite', 'pipeline'], `${whole} is not among providers.buildkite.pipelines`)]),
    ...(secrets.length === 0
      ? []
      : [
          finding(
            ['secrets'],
            'would be shown at Buildkite to everybody who may see the build: keep secrets there',
          ),
        ]),
  ];
}
