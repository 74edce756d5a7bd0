import type { VNode } from 'preact';
import type { Loaded } from '../use-loaded.ts';
import { Loading } from './loading.tsx';
import { Notice } from './notice.tsx';

/** What was asked for, once it is here; until then, or when it does not come, what can be said instead. */
export function whenLoaded<T>(loaded: Loaded<T>, show: (value: T) => VNode): VNode {
  switch (loaded.status) {
    case 'loading':
      return <Loading />;
    case 'failed':
      return <Notice>{loaded.error.message}</Notice>;
    case 'loaded':
      return show(loaded.value);
  }
}
