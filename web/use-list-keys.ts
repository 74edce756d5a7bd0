import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { useKeys } from './use-keys.ts';

/** Lets keys go through the rows of what is drawn with the ref. */
export function useListKeys<Box extends HTMLElement>(): RefObject<Box | null> {
  const box = useRef<Box>(null);
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
