import { z } from 'zod';
import { type AdapterDialect, adapterProtocols } from '../domain/adapter.ts';
import type { Json } from '../domain/json.ts';
import { name, oneOrMany, text, variable } from './schema-parts.ts';

/** An adapter as it is written, each value read. */
export interface WrittenAdapter {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, string>>;
  readonly config?: { readonly [key: string]: Json } | undefined;
  readonly configEnv?: string | undefined;
  readonly protocol: AdapterDialect['protocol'];
  readonly commitsOrder?: AdapterDialect['commitsOrder'] | undefined;
  readonly actionCase?: AdapterDialect['actionCase'] | undefined;
  readonly statusCase?: AdapterDialect['statusCase'] | undefined;
  readonly conflictsShape?: AdapterDialect['conflictsShape'] | undefined;
  readonly targetForm?: AdapterDialect['targetForm'] | undefined;
  readonly pushBefore?: AdapterDialect['pushBefore'] | undefined;
  readonly strict: boolean;
  readonly strictExit: boolean;
}

/** Whatever YAML has; its own schema would refer to itself. */
const json: z.ZodType<Json> = z.unknown().transform((value): Json => JSON.parse(JSON.stringify(value)));
const knob = <Word extends string>(words: readonly [Word, ...Word[]], description: string) =>
  z
    .enum(words)
    .optional()
    .meta({ description: `${description} When left out, as the protocol has it.`, examples: [words[0]] });

const adapter: z.ZodType<WrittenAdapter> = z.strictObject({
  command: oneOrMany(text(4096)).meta({
    description:
      'The program: a name on `PATH`, or a path, which begins at this file where it is relative. With a list, its arguments follow.',
    examples: ['radicle-native-ci', ['/usr/local/bin/my-adapter', '--verbose']],
  }),
  env: z
    .record(variable, text(32_768))
    .prefault({})
    .meta({
      description:
        'Variables for the adapter, beside those that every job has. `RAD_HOME` and `RAD_SOCKET` are those of `sources.radicle`.',
      examples: [{ LOG_LEVEL: 'debug' }],
    }),
  secretEnv: z
    .record(variable, text(65_536))
    .prefault({})
    .meta({
      description:
        'Variables whose values are secret, by reference. They are masked wherever the adapter repeats them.',
      examples: [{ GITHUB_PAT: '${env:GITHUB_PAT}' }],
    }),
  config: z
    .record(z.string(), json)
    .optional()
    .meta({
      description: 'The configuration of the adapter itself: it becomes a YAML file of its own for each run.',
      examples: [{ state: '/var/lib/native-ci', log: '/var/log/native-ci.log' }],
    }),
  configEnv: variable.optional().meta({
    description: 'The variable in which the adapter finds the name of that file.',
    examples: ['RADICLE_NATIVE_CI'],
  }),
  protocol: z
    .enum(adapterProtocols)
    .prefault('v1')
    .meta({
      description:
        'The form of the request: `v1` as brokers write it since 2024, `unversioned` and `draft` as it was before, `minimal` with a repository and a commit alone.',
      examples: ['draft'],
    }),
  commitsOrder: knob(['newest-first', 'oldest-first'], 'The order of `commits`.'),
  actionCase: knob(['capital', 'lower'], 'Whether the action of a patch is `Created` or `created`.'),
  statusCase: knob(['capital', 'lower'], 'Whether the status of a patch is `Open` or `open`.'),
  conflictsShape: knob(
    ['pairs', 'objects-snake', 'objects-camel'],
    'Whether the conflicts of a patch are lists of two, or objects, with `revision_id` or `revisionId`.',
  ),
  targetForm: knob(['commit', 'word'], 'Whether the target of a patch is a commit, or the word `delegates`.'),
  pushBefore: knob(
    ['old-tip', 'tip', 'parent'],
    'What `before` of a push is: the old tip, the new one, or the parent of the oldest commit that is new.',
  ),
  strict: z
    .boolean()
    .prefault(false)
    .meta({
      description:
        'Whether whatever breaks the protocol ends the run, as in the original. Otherwise it is noted in the log, and what can be understood counts.',
      examples: [true],
    }),
  strictExit: z
    .boolean()
    .prefault(false)
    .meta({
      description:
        'Whether an exit code other than 0 makes an `error` of what the adapter has called a success.',
      examples: [true],
    }),
});

export const adapters: z.ZodType<Readonly<Record<string, WrittenAdapter>>> = z.record(name, adapter);
