import type { Explanation } from './explanation.ts';
import type { Json } from './json.ts';

/** A step of a workflow file: a line for bash. */
export interface WorkflowStep {
  readonly name: string;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What comes along with the commit that a workflow runs on. */
export interface CloneOptions {
  /** Nothing at all: it starts in an empty directory. */
  readonly skip: boolean;
  /** Commits of history; at least 1. */
  readonly depth: number;
  readonly submodules: boolean;
  readonly tags: boolean;
}

/** A Tangled workflow that answers to what happened, read from its file. */
export interface Workflow {
  /** Its file's name; what Tangled calls it everywhere. */
  readonly name: string;
  /** As the file names it; empty when it names none. */
  readonly engine: string;
  /** The whole file. */
  readonly raw: string;
  readonly clone: CloneOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly WorkflowStep[];
  /** Another CI service that is to run it, with what the file says to that; null: it runs here. */
  readonly provider: { readonly name: string; readonly settings: Json } | null;
  /** Why it cannot be run, in a sentence for its author; null when it can. */
  readonly problem: string | null;
  /** What it asks for and does not get, in sentences for its log. */
  readonly notices: readonly string[];
}

/** What happened, as Tangled tells it. */
export type PipelineTrigger =
  | { readonly kind: 'push'; readonly ref: string; readonly newSha: string; readonly oldSha: string }
  | {
      readonly kind: 'pull_request';
      readonly sourceBranch: string;
      readonly targetBranch: string;
      readonly sourceSha: string;
      readonly action: string | null;
      /** The pull's at-uri. */
      readonly pull: string | null;
    }
  | {
      readonly kind: 'manual';
      readonly sha: string;
      readonly ref: string | null;
      readonly inputs: readonly { readonly key: string; readonly value: string }[];
    };

/** What only Tangled says of an event: the pipeline that it became. */
export interface PipelineFacts {
  /** Host of the knot, with its port where it has one: the authority of the pipeline's at-uri. */
  readonly knot: string;
  /** TID; with the knot it names the pipeline. */
  readonly rkey: string;
  readonly repo: {
    readonly ownerDid: string;
    readonly name: string | null;
    readonly repoDid: string | null;
    readonly defaultBranch: string | null;
  };
  readonly trigger: PipelineTrigger;
  /** The fork whose commit it is, as a DID; null when it is the repository's own. Its code gets no secrets. */
  readonly sourceRepo: string | null;
  /** Where the fork is cloned from; null: from where the repository is. */
  readonly sourceUrl: string | null;
  /** Whether this spindle made the pipeline, and so is the one to announce it. */
  readonly isOurs: boolean;
  /** Those that answer to what happened. */
  readonly workflows: readonly Workflow[];
  /** For each file why it answers or not: which did not match, which cannot be read. A part of the verdict's explanation. */
  readonly diagnostics: readonly Explanation[];
}

/** Which workflow of which pipeline a run is. */
export interface WorkflowRef {
  readonly knot: string;
  readonly rkey: string;
  readonly name: string;
}

/** `at://did:web:<knot>/sh.tangled.pipeline/<rkey>`: the name of a pipeline in Tangled's records. */
export function pipelineUri({ knot, rkey }: Pick<PipelineFacts, 'knot' | 'rkey'>): string {
  return `at://did:web:${knot}/sh.tangled.pipeline/${rkey}`;
}

/** What a repository's pipelines are found by: its DID, or `<owner's DID>/<name>` where it has none. */
export function pipelineRepo({
  repoDid,
  ownerDid,
  name,
}: Omit<PipelineFacts['repo'], 'defaultBranch'>): string {
  return repoDid ?? `${ownerDid}/${name ?? ''}`;
}

/** The commit that a pipeline works on. */
export function pipelineCommit(trigger: PipelineTrigger): string {
  switch (trigger.kind) {
    case 'push':
      return trigger.newSha;
    case 'pull_request':
      return trigger.sourceSha;
    case 'manual':
      return trigger.sha;
  }
}
