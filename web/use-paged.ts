import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ApiError, mostAtOnce, type Page } from './api.ts';
import { coalesce } from './coalesce.ts';
import { mergePages } from './merge-pages.ts';
import { rereadMs } from './use-loaded.ts';
import type { Paged } from './wire.ts';

/** A list, newest first, that grows at the top by itself and at the bottom when asked. */
export interface List<Item> {
  /** Null until the first page is here. */
  readonly items: readonly Item[] | null;
  readonly error: ApiError | null;
  /** Reads the next older page; null when there is none. */
  readonly older: (() => Promise<void>) | null;
  /** Reads again what is listed, up to the most that the API gives at once. */
  readonly refresh: () => void;
}

interface Held<Item> extends Paged<Item> {
  readonly error: ApiError | null;
}

const pageItems = 50;

/** `load` is taken once. */
export function usePaged<Item extends { readonly id: string }>(
  load: (page: Page) => Promise<Paged<Item>>,
): List<Item> {
  const [held, hold] = useState<Held<Item> | null>(null);
  const now = useRef(held);
  now.current = held;

  const refresh = useMemo(
    () =>
      coalesce(async () => {
        const listed = now.current?.items.length ?? 0;
        const limit = Math.min(mostAtOnce, Math.max(pageItems, listed));
        try {
          const page = await load({ after: null, limit });
          hold(before => ({ ...mergePages(page, before), error: null }));
        } catch (error) {
          hold(before => ({ items: [], next: null, ...before, error: ApiError.from(error) }));
        }
      }, rereadMs),
    [],
  );
  useEffect(refresh, []);

  const older = useCallback(async () => {
    const after = now.current?.next ?? null;
    const page = await load({ after, limit: pageItems });
    // While the page came, the list may have begun anew.
    hold(before =>
      before === null || before.next !== after
        ? before
        : { ...before, items: [...before.items, ...page.items], next: page.next },
    );
  }, []);

  return {
    items: held?.items ?? null,
    error: held?.error ?? null,
    older: held === null || held.next === null ? null : older,
    refresh,
  };
}
