import type { Filter } from '../api.ts';
import { useBox, useFeed } from '../box.ts';
import { useEvery } from '../use-every.ts';
import { useLoaded } from '../use-loaded.ts';
import type { Refusal } from '../wire.ts';

/** The feed does not tell of refusals. */
const lookAgainMs = 10_000;

/** The latest refused deliveries that a filter lets through. */
export function useRefusals({ q, source, type, repo, verdict }: Filter): readonly Refusal[] {
  const { api } = useBox();
  const [loaded, reload] = useLoaded(() => api.refusals());
  useFeed(reload);
  useEvery(lookAgainMs, reload);
  // What was not let in was not read: it has no type, repository or verdict.
  if (loaded.status !== 'loaded' || type || repo || (verdict && verdict !== refused)) return [];
  const words = (q ?? '').toLowerCase().split(/\s+/);
  return loaded.value.filter(refusal => {
    const text = [refusal.source, refusal.reason, refusal.path, refusal.peer, 'refused']
      .join('\n')
      .toLowerCase();
    return (!source || refusal.source === source) && words.every(word => text.includes(word));
  });
}

/** The verdict by which people ask for refused deliveries alone. */
export const refused = 'refused';
