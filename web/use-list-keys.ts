import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useBox } from './box.ts';
import { useKeys } from './use-keys.ts';

/** Lets keys go through the rows of what is drawn with the ref. Who comes back from a row's page is at that row. */
export function useListKeys<Box extends HTMLElement>(): RefObject<Box | null> {
  const box = useRef<Box>(null);
  const { cameFrom } = useBox();
  useEffect(() => {
    const from = cameFrom.get();
    if (from === null || box.current === null) return;
    cameFrom.set(null);
    box.current.querySelector<HTMLElement>(`.row-link[href="${CSS.escape(from)}"]`)?.focus();
  });
  const step = (by: 1 | -1): void => {
    const links = [...(box.current?.querySelectorAll<HTMLElement>('.row-link, .row summary') ?? [])];
    const at = links.findIndex(link => link === document.activeElement);
    links[at === -1 ? 0 : at + by]?.focus();
  };
  useKeys([
    { key: 'j', name: 'Next of the list', act: () => step(1) },
    { key: 'k', name: 'The one before', act: () => step(-1) },
  ]);
  return box;
}
