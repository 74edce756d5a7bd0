import { type Adapter, secretOf, usualKnobs } from '../domain/adapter.ts';
import { resolvePath, type Surroundings } from '../lib/references.ts';
import type { RadicleConfig } from './config.ts';
import { type Finding, finding } from './problem.ts';
import type { WrittenConfig } from './schema.ts';
import type { WrittenAdapter } from './schema-adapters.ts';

/** An adapter as the program uses it. */
export function compileAdapter(
  name: string,
  written: WrittenAdapter,
  radicle: RadicleConfig | null,
  from: Surroundings,
): Adapter {
  const { command, env, secretEnv, config, configEnv, protocol, strict, strictExit } = written;
  const [program = '', ...args] = command;
  const usual = usualKnobs[protocol];
  return {
    name,
    command: [program.includes('/') ? resolvePath(program, from) : program, ...args],
    env: { ...(radicle === null ? {} : { RAD_SOCKET: radicle.socket }), ...env },
    secretEnv: Object.keys(secretEnv),
    config: config === undefined ? null : { content: config, variable: configEnv ?? '' },
    radicleHome: radicle?.home ?? null,
    directory: null,
    dialect: {
      protocol,
      commitsOrder: written.commitsOrder ?? usual.commitsOrder,
      actionCase: written.actionCase ?? usual.actionCase,
      statusCase: written.statusCase ?? usual.statusCase,
      conflictsShape: written.conflictsShape ?? usual.conflictsShape,
      targetForm: written.targetForm ?? usual.targetForm,
      pushBefore: written.pushBefore ?? usual.pushBefore,
    },
    strict,
    strictExit,
  };
}

/** The values of all secret variables, by the names that rules have them under. */
export function adapterSecrets({
  adapters,
}: Pick<WrittenConfig, 'adapters'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(adapters).flatMap(([name, { secretEnv }]) =>
      Object.entries(secretEnv).map(([variable, value]) => [secretOf(name, variable), value]),
    ),
  );
}

/** What is wrong with adapters beyond their single values. */
export function checkAdapters({ adapters }: Pick<WrittenConfig, 'adapters'>): readonly Finding[] {
  return Object.entries(adapters).flatMap(([name, { config, configEnv, env, secretEnv }]) => {
    const at = ['adapters', name];
    const twice = Object.keys(secretEnv).filter(variable => Object.hasOwn(env, variable));
    return [
      ...(config !== undefined && configEnv === undefined
        ? [
            finding(
              [...at, 'config'],
              'the adapter would not find it: add `configEnv`, the variable it looks into',
            ),
          ]
        : []),
      ...(config === undefined && configEnv !== undefined
        ? [finding([...at, 'configEnv'], 'there is no `config` that it could name')]
        : []),
      ...twice.map(variable =>
        finding([...at, 'secretEnv', variable], 'stands in `env` as well: one of them has to go'),
      ),
    ];
  });
}
