import type { Clock } from '../../src/contracts/clock.ts';
import type { Provider } from '../../src/contracts/provider.ts';
import { createMatchers } from '../../src/matchers/matchers.ts';
import { createEars, type Ears } from '../../src/providers/buildkite/ears.ts';
import type { BuildkiteOptions } from '../../src/providers/buildkite/options.ts';
import { createBuildkiteProvider } from '../../src/providers/buildkite/provider.ts';
import { type FakeBuildkite, startFakeBuildkite } from './fake-buildkite.ts';

/** The provider, and a Buildkite of its own. */
export interface BuildkiteWorld extends AsyncDisposable {
  readonly provider: Provider;
  readonly buildkite: FakeBuildkite;
  readonly ears: Ears;
  readonly troubles: readonly unknown[];
}

export async function buildkiteWorld({
  clock,
  ...options
}: { readonly clock: Clock } & Partial<BuildkiteOptions>): Promise<BuildkiteWorld> {
  const buildkite = await startFakeBuildkite();
  const matchers = createMatchers();
  const ears = createEars(clock);
  const troubles: unknown[] = [];
  const { api, token } = buildkite;
  const provider = createBuildkiteProvider(
    {
      clock,
      ears,
      glob: (pattern, text) => matchers.glob(pattern, text),
      trouble: error => troubles.push(error),
    },
    { api, token, organization: 'acme', pipelines: ['*'], mostBuilds: 10, pollMs: 10, ...options },
  );
  return {
    provider,
    buildkite,
    ears,
    troubles,
    [Symbol.asyncDispose]: async () => {
      await provider[Symbol.asyncDispose]();
      await buildkite[Symbol.asyncDispose]();
    },
  };
}
