import { useEffect } from 'preact/hooks';
import type { Aspect } from './aspect.ts';

/** Lamps that a tab can show; any other aspect is that of the house. */
const lamps: Partial<Record<Aspect, string>> = {
  stop: 'stop',
  fault: 'stop',
  caution: 'caution',
  waiting: 'caution',
  held: 'held',
};

/** What the browser calls the page, in its tab and its history; `aspect`: how what it is about stands. */
export function useTitle(title: string, aspect: Aspect = 'none'): void {
  useEffect(() => {
    document.title = `${title} · signalbox`;
  }, [title]);
  const lamp = lamps[aspect];
  useEffect(() => {
    if (lamp === undefined) return undefined;
    show(`/favicon-${lamp}.svg`);
    return () => show('/favicon.svg');
  }, [lamp]);
}

function show(icon: string): void {
  document.querySelector('link[rel="icon"]')?.setAttribute('href', icon);
}
