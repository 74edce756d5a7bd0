import type { Config } from '../config/config.ts';
import { summary } from '../config/summary.ts';
import type { Json } from '../domain/json.ts';

/** What counts as soon as it is read. */
const renewed = [
  'file',
  'github',
  'gitlab',
  'gitea',
  'garden',
  'hooks',
  'scripts',
  'reports',
  'lightspeed',
  'adapters',
  'adapterSecrets',
  'rules',
  'secrets',
] as const satisfies readonly (keyof Config)[];

/**
 * The configuration that comes into force when another one is read: rules, secrets, forges, hooks and scripts are the new ones;
 * addresses, limits and folders stay those of the start, on which the house is built.
 */
export const reloaded = (first: Config, read: Config): Config =>
  renewed.reduce<Config>((config, key) => ({ ...config, [key]: read[key] }), first);

/** The keys of the file whose values are not in force, sorted: they count after a restart. */
export function needsRestart(read: Config, inForce: Config): readonly string[] {
  const [wanted, present] = [new Map(leaves(summary(read))), new Map(leaves(summary(inForce)))];
  return [...new Set([...wanted.keys(), ...present.keys()])]
    .filter(key => wanted.get(key) !== present.get(key))
    .sort();
}

/** Every single value in a section, by its key in full. */
function leaves(value: Json, key = ''): readonly (readonly [key: string, value: string])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([step, inner]) => leaves(inner, key === '' ? step : `${key}.${step}`))
    : [[key, JSON.stringify(value)]];
}
