import { useEffect } from 'preact/hooks';

/** What the browser calls the page, in its tab and its history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · signalbox`;
  }, [title]);
}
