import { existsSync, readFileSync } from 'node:fs';

/** What jobs did to the world, run by run: the attempts that left a line, in their order. */
export function readEffects(file: string): ReadonlyMap<string, readonly number[]> {
  const effects = new Map<string, number[]>();
  if (!existsSync(file)) return effects;
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [run = '', attempt = ''] = line.split(' ');
    effects.set(run, [...(effects.get(run) ?? []), Number(attempt)]);
  }
  return effects;
}
