/** What this provider is made with. */
export interface BuildkiteOptions {
  /** Base address of the API, without a slash at the end: `https://api.buildkite.com/v2`. */
  readonly api: string;
  readonly token: string;
  /** Whose pipelines are meant where only a pipeline is named. */
  readonly organization: string;
  /** Globs of what may be built, `organization/pipeline`; without a slash, of the organization above. */
  readonly pipelines: readonly string[];
  readonly mostBuilds: number;
  /** How often a build is looked at of which no webhook tells; others less often. */
  readonly pollMs: number;
}
