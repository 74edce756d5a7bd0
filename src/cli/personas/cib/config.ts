import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config } from '../../../config/config.ts';
import { type Adapter, secretOf, usualKnobs } from '../../../domain/adapter.ts';
import { SignalboxError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import type { Rule } from '../../../domain/rule.ts';
import type { CliIo } from '../../io.ts';
import type { BrokerAdapter, BrokerFile } from './broker-file.ts';
import { FilterError, filesOf, operandsOf, readFilter } from './filter.ts';

/** The configuration that does what a broker with that file would do. Throws `invalid`. */
export function configOf(
  io: Pick<CliIo, 'env' | 'cwd'>,
  base: Config,
  file: BrokerFile,
  name: string,
): Config {
  const home = resolve(io.cwd, io.env['RAD_HOME'] || join(io.env['HOME'] || homedir(), '.radicle'));
  const socket = io.env['RAD_SOCKET']
    ? resolve(io.cwd, io.env['RAD_SOCKET'])
    : join(home, 'node', 'control.sock');
  const adapters = Object.entries(file.adapters).map(([adapter, written]) =>
    adapterOf(adapter, written, { home, socket, cwd: io.cwd }),
  );
  const names = ruleNames(file);
  const reconcileMs = 5 * 60_000;
  return {
    ...base,
    radicle: {
      home,
      socket,
      reconcileMs,
      // Brokers keep nothing of repositories: what the node tells is news, also of one that has just come.
      firstSeen: 'told',
      files: file.triggers.flatMap(({ filters }) => said(name, () => filesOf(filters))),
      passphrase: null,
    },
    adapters,
    adapterSecrets: Object.fromEntries(
      Object.entries(file.adapters).flatMap(([adapter, { secretEnv }]) =>
        Object.entries(secretEnv).map(([variable, value]) => [secretOf(adapter, variable), value]),
      ),
    ),
    rules: file.triggers.map((trigger, n) =>
      ruleOf(file, adapters, trigger, names[n] ?? trigger.adapter, name),
    ),
    limits: { ...base.limits, runs: file.concurrentAdapters },
  };
}

function adapterOf(
  name: string,
  { command, env, secretEnv, config, configEnv }: BrokerAdapter,
  around: { readonly home: string; readonly socket: string; readonly cwd: string },
): Adapter {
  const content: Json = JSON.parse(JSON.stringify(config));
  return {
    name,
    command: [command.includes('/') ? resolve(around.cwd, command) : command],
    env: { RAD_SOCKET: around.socket, ...env },
    secretEnv: Object.keys(secretEnv),
    config: config === null || configEnv === null ? null : { content, variable: configEnv },
    radicleHome: around.home,
    // What its users have written relative to the broker's directory is found from there alone.
    directory: around.cwd,
    dialect: { protocol: 'v1', ...usualKnobs.v1 },
    strict: false,
    strictExit: false,
  };
}

/** Each trigger is a rule that bears its adapter's name; where that is taken, with a number. */
export function ruleNames({ triggers }: BrokerFile): readonly string[] {
  const names: string[] = [];
  for (const { adapter } of triggers) {
    let name = adapter;
    for (let n = 2; names.includes(name); n += 1) name = `${adapter}-${n}`;
    names.push(name);
  }
  return names;
}

/** What a trigger allows runs, whoever it is by: its filters are all the trust that brokers know. */
function ruleOf(
  file: BrokerFile,
  adapters: readonly Adapter[],
  { adapter: wanted, filters }: BrokerFile['triggers'][number],
  rule: string,
  name: string,
): Rule {
  const adapter = adapters.find(each => each.name === wanted);
  if (adapter === undefined) throw new SignalboxError('invalid', `${name}: there is no adapter ${wanted}`);
  // Tags are news to brokers: who does not ask for one by name gets none.
  const types =
    operandsOf('Tag', filters).length > 0
      ? (['push', 'patch', 'tag'] as const)
      : (['push', 'patch'] as const);
  return {
    name: rule,
    when: {
      kind: 'all',
      of: [
        { kind: 'type', oneOf: types },
        { kind: 'commit' },
        { kind: 'any', of: filters.map(filter => said(name, () => readFilter(filter))) },
      ],
    },
    action: { kind: 'adapter', adapter },
    repo: null,
    env: {},
    secrets: adapter.secretEnv.map(variable => secretOf(wanted, variable)),
    pool: 'local',
    timeoutMs: file.maxRunTimeMs,
    retryLost: 2,
    keepLogMs: null,
    trust: 'anyone',
    isolation: 'none',
    concurrency: { group: '{rule}/{repo}/{ref}', limit: 1, busy: 'queue' },
    report: [],
    schedule: null,
  };
}

/** What is read of filters; what is wrong with one is said of the file. */
function said<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FilterError)
      throw new SignalboxError('invalid', `${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
