import { useEffect, useState } from 'preact/hooks';
import { parseRoute, type Route } from './route.ts';

/** Where the window stands now. */
export function useRoute(): Route {
  const [route, go] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const look = (): void => go(parseRoute(location.hash));
    // It may have changed between drawing and listening.
    look();
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  return route;
}
