import { useEffect, useMemo, useState } from 'preact/hooks';
import { ApiError } from './api.ts';
import { coalesce } from './coalesce.ts';

/** Something the API was asked for. */
export type Loaded<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'loaded'; readonly value: T }
  | { readonly status: 'failed'; readonly error: ApiError };

/** Between two readings of the same thing, however often it changes: the eye takes no more in. */
export const rereadMs = 300;

/**
 * Reads something when the component appears, and again whenever `reload` is called; what was read stays when that
 * fails. `load` is taken once: a component that shows something else is another component, by its `key`.
 */
export function useLoaded<T>(load: () => Promise<T>): readonly [Loaded<T>, reload: () => void] {
  const [loaded, show] = useState<Loaded<T>>({ status: 'loading' });
  const reload = useMemo(
    () =>
      coalesce(async () => {
        try {
          show({ status: 'loaded', value: await load() });
        } catch (error) {
          show(before =>
            before.status === 'loaded' ? before : { status: 'failed', error: ApiError.from(error) },
          );
        }
      }, rereadMs),
    [],
  );
  useEffect(reload, []);
  return [loaded, reload];
}
