import { z } from 'zod';
import {
  type DaggerByName,
  type DaggerCall,
  type Isolation,
  isolationLevels,
  type Rule,
  type Trust,
  trustLevels,
} from '../../domain/rule.ts';
import { inWords } from './condition.ts';

/** A rule as it is in force. Of its environment and secrets only the names are shown. */
export interface RuleJson {
  readonly name: string;
  /** Its conditions in words; all of them must hold. */
  readonly when: readonly string[];
  readonly action: { readonly kind: Rule['action']['kind']; readonly summary: string };
  readonly repo: string | null;
  readonly env: readonly string[];
  readonly secrets: readonly string[];
  readonly pool: string;
  readonly timeoutMs: number;
  readonly retryLost: number;
  readonly trust: Trust;
  readonly isolation: Isolation;
  readonly report: readonly string[];
  readonly cron: string | null;
}

export const actionKinds = [
  'command',
  'script',
  'hook',
  'repository hook',
  'dagger',
  'adapter',
  'workflow',
  'provider',
] as const;

export const ruleSchema: z.ZodType<RuleJson> = z
  .object({
    name: z.string(),
    when: z.array(z.string()),
    action: z.object({
      kind: z.enum([...actionKinds, 'called', 'workflows']),
      summary: z.string(),
    }),
    repo: z.string().nullable(),
    env: z.array(z.string()),
    secrets: z.array(z.string()),
    pool: z.string(),
    timeoutMs: z.int(),
    retryLost: z.int(),
    trust: z.enum(trustLevels),
    isolation: z.enum(isolationLevels),
    report: z.array(z.string()),
    cron: z.string().nullable(),
  })
  .meta({ id: 'Rule' });

export function ruleJson(rule: Rule): RuleJson {
  const {
    name,
    when,
    action,
    repo,
    env,
    secrets,
    pool,
    timeoutMs,
    retryLost,
    trust,
    isolation,
    report,
    schedule,
  } = rule;
  return {
    name,
    when: (when.kind === 'all' ? when.of : [when]).map(inWords),
    action: { kind: action.kind, summary: summary(action) },
    repo,
    env: Object.keys(env),
    secrets,
    pool,
    timeoutMs,
    retryLost,
    trust,
    isolation,
    report,
    cron: schedule?.cron ?? null,
  };
}

/** What an action runs, in one line (or the lines of its shell). */
export function summary(action: Rule['action']): string {
  switch (action.kind) {
    case 'command': {
      const { command } = action;
      return 'shell' in command ? command.shell : command.argv.map(quoted).join(' ');
    }
    case 'script': {
      const { interpreter, folder, name, args } = action.script;
      return [interpreter, `${folder}/${name}`, ...args].map(quoted).join(' ');
    }
    case 'hook':
      return [action.hook.program, ...action.hook.args].map(quoted).join(' ');
    case 'repository hook':
      return `hook ${action.call.id} of hooks.json`;
    case 'dagger':
      return daggerSummary(action.dagger);
    case 'adapter':
      return [action.adapter.name, ...action.adapter.command].map(quoted).join(' ');
    case 'elsewhere':
      return `what ${action.program} ran`;
    case 'workflow':
      return `workflow ${action.workflow.name}`;
    case 'provider':
      return `a build of ${action.call.provider}: ${JSON.stringify(action.call.settings)}`;
    case 'called':
      return 'what the event names';
    case 'workflows':
      return 'the workflows that answer';
  }
}

function daggerSummary(dagger: DaggerCall | DaggerByName): string {
  switch (dagger.mode) {
    case 'call': {
      const args = Object.entries(dagger.args).map(([name, value]) => `${name}=${String(value)}`);
      return ['dagger', dagger.module, dagger.function, ...args].map(quoted).join(' ');
    }
    case 'pocketci':
      return `the functions of ${dagger.module ?? 'the module in pocketci.yaml'} that answer to the event by their names`;
  }
}

/** An argument as a shell would need it written. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
