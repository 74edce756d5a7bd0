import { z } from 'zod';
import type { BuildOrder } from '../../contracts/provider.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { BuildkiteOptions } from './options.ts';

/** What a rule or a workflow wants built, read. */
export interface BuildSettings {
  readonly organization: string;
  readonly pipeline: string;
  /** What the build is called; null: as the commit is. */
  readonly message: string | null;
  readonly cleanCheckout: boolean;
  /** A rule may want that. Who may push a workflow may not: the filters are there to keep branches apart. */
  readonly ignoreBranchFilters: boolean;
}

const slug = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,99})$/;

const shape = z.looseObject({
  pipeline: z.string(),
  organization: z.string().nullish(),
  message: z.string().nullish(),
  cleanCheckout: z.boolean().nullish(),
  ignoreBranchFilters: z.boolean().nullish(),
});

/** Reads the settings; throws, for the author, what is wrong with them, or that the pipeline may not be built. */
export function readSettings(
  { organization: usual, pipelines }: Pick<BuildkiteOptions, 'organization' | 'pipelines'>,
  glob: (pattern: string, text: string) => boolean,
  { settings, workflow }: Pick<BuildOrder, 'settings' | 'workflow'>,
): BuildSettings {
  const read = shape.safeParse(settings);
  if (!read.success) {
    const where = read.error.issues[0]?.path.join('.') || 'pipeline';
    throw new SignalboxError(
      'invalid',
      where === 'pipeline'
        ? 'no Buildkite pipeline is named: write `buildkite: { pipeline: NAME }`'
        : `buildkite.${where} is not what it has to be: a text, or true or false`,
    );
  }
  const { pipeline: written, message, cleanCheckout, ignoreBranchFilters } = read.data;
  const [before, after, ...more] = written.split('/');
  const pipeline = (after === undefined ? before : after) ?? '';
  const organization = after === undefined ? (read.data.organization ?? usual) : (before ?? '');
  if (!slug.test(organization) || !slug.test(pipeline) || more.length > 0)
    throw new SignalboxError(
      'invalid',
      `buildkite.pipeline ${JSON.stringify(written.slice(0, 100))} is no name of one: write what its address ends with, such as \`app\`, or \`acme/app\``,
    );
  const whole = `${organization}/${pipeline}`;
  const allowed = pipelines.map(pattern => (pattern.includes('/') ? pattern : `${usual}/${pattern}`));
  if (!allowed.some(pattern => glob(pattern, whole)))
    throw new SignalboxError(
      'forbidden',
      `the Buildkite pipeline ${whole} may not be built from here: providers.buildkite.pipelines does not name it`,
    );
  return {
    organization,
    pipeline,
    message: message ?? null,
    cleanCheckout: cleanCheckout ?? false,
    ignoreBranchFilters: workflow === null && (ignoreBranchFilters ?? false),
  };
}
