import { type Watched, watched } from './state.ts';

/** The address of the page that somebody has just come back from, as it stands in links; null when they went on. */
export function watchReturns(): Watched<string | null> {
  const from = watched<string | null>(null);
  // Browsers that do not tell bring everybody back to the top.
  if ('navigation' in window)
    navigation.addEventListener('navigate', ({ navigationType }) =>
      from.set(navigationType === 'traverse' ? location.hash.replace(/#L.*$/, '') : null),
    );
  return from;
}
