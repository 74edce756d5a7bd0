import { deviations } from '../../../sources/hooks/deviations.ts';

type Name = (typeof deviations)[number]['name'];

/** The deviations that can be switched; the others are how the house is built. */
export const switchable: readonly Name[] = deviations.flatMap(({ name, isSwitchable }) =>
  isSwitchable ? [name] : [],
);

/** What `inertOutput=off` or `all=off` switches; null when it is no such thing. */
export function readSwitch(text: string): { readonly names: readonly Name[]; readonly on: boolean } | null {
  const [name = '', state = '', ...rest] = text.split('=');
  if (rest.length > 0 || (state !== 'on' && state !== 'off')) return null;
  const names = name === 'all' ? switchable : switchable.filter(each => each === name);
  return names.length === 0 ? null : { names, on: state === 'on' };
}
