import { type PipelineFacts, pipelineRepo } from './pipeline.ts';

/**
 * What a plan names the secrets by that a repository's people have left here for its workflows, all of them: which ones
 * there are is looked up when the run starts. No secret of a configuration has such a name.
 */
export const repoSecretsOf = (repo: PipelineFacts['repo']): string => `tangled/${pipelineRepo(repo)}/*`;

/** The repository that such a name is of; null when it is another name. */
export const repoOfSecrets = (name: string): string | null => /^tangled\/(.+)\/\*$/.exec(name)?.[1] ?? null;
