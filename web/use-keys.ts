import { useEffect, useRef } from 'preact/hooks';
import { useBox } from './box.ts';

/** A key that does something on the page that is shown. */
export interface Shortcut {
  /** As the browser calls it. */
  readonly key: string;
  /** What it does, for those who ask. */
  readonly name: string;
  readonly act: () => void;
}

/** Gives keys a meaning while the component is shown, but where text is written. */
export function useKeys(shortcuts: readonly Shortcut[]): void {
  const { keys } = useBox();
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    const mine = current.current.map(({ key, name }) => ({
      key,
      name,
      act: () => current.current.find(shortcut => shortcut.key === key)?.act(),
    }));
    keys.set([...keys.get(), ...mine]);
    return () => keys.set(keys.get().filter(shortcut => !mine.includes(shortcut)));
  }, [keys]);
}

/** Hears the keyboard for all shortcuts. Returns what ends it. */
export function listenToKeys(shortcuts: () => readonly Shortcut[]): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (writes(event.target) || document.querySelector('dialog[open]') !== null) return;
    const found = shortcuts().findLast(({ key }) => key === event.key);
    if (found === undefined) return;
    event.preventDefault();
    found.act();
  };
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}

function writes(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select');
}
