import type { RefObject } from 'preact';
import { useKeys } from '../use-keys.ts';
import { logSettings, prefer, timeKinds } from './settings.ts';
import type { Folds } from './use-folds.ts';
import type { Follow } from './use-follow.ts';
import type { Search } from './use-log-search.ts';

/** What the keyboard does with a log. */
export function useLogKeys(log: {
  readonly box: RefObject<HTMLElement | null>;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly search: Search;
  readonly follow: Follow;
  readonly folds: Folds;
  readonly show: (line: number) => void;
  readonly firstError: number | null;
  readonly toTop: () => void;
  /** Gives the focus to the line that is looked at. */
  readonly toLine: () => void;
}): { readonly showError: () => void; readonly onKeyDown: (event: KeyboardEvent) => void } {
  const { search, follow, folds, show, firstError } = log;
  const find = (): void => {
    log.input.current?.focus();
    log.input.current?.select();
  };
  const showError = (): void => {
    if (firstError !== null) show(firstError);
  };
  /** From the number of a line to that of the next one, or the one before; false where no line has the focus. */
  const stepLine = (from: EventTarget | null, by: number): boolean => {
    if (!(from instanceof HTMLElement) || !from.matches('.log-number')) return false;
    const line = by > 0 ? from.parentElement?.nextElementSibling : from.parentElement?.previousElementSibling;
    const number = line?.querySelector<HTMLElement>('.log-number');
    if (number) folds.open(Number(line?.getAttribute('data-seq')));
    number?.focus();
    return true;
  };
  /** The section title that has the focus, or had it last, and those around it. */
  const step = (by: 1 | -1): void => {
    const titles = [...(log.box.current?.querySelectorAll<HTMLElement>('.log-section') ?? [])];
    const at = titles.findIndex(title => title === document.activeElement);
    titles[at === -1 ? (by === 1 ? 0 : titles.length - 1) : at + by]?.focus();
  };
  useKeys([
    { key: '/', name: 'Search the log', act: find },
    { key: 'n', name: 'Next hit', act: search.next },
    { key: 'N', name: 'Previous hit', act: search.previous },
    { key: 'e', name: 'First error', act: showError },
    { key: 'f', name: 'Follow the log', act: follow.resume },
    { key: 'j', name: 'Next section', act: () => step(1) },
    { key: 'k', name: 'Previous section', act: () => step(-1) },
    { key: 'z', name: 'Fold or unfold all', act: () => folds.foldAll(!folds.sections.every(folds.isFolded)) },
    { key: 'l', name: 'Go to a line: Enter links to it, Shift+Enter to all up to it', act: log.toLine },
    { key: 't', name: 'Times of the lines', act: nextTimes },
    { key: 'w', name: 'Wrap long lines', act: () => prefer({ wraps: !logSettings.get().wraps }) },
  ]);
  return {
    showError,
    onKeyDown(event) {
      // The browser's own search sees only what is drawn, and its way to an end is long.
      const isSearch = event.key === 'f' && (event.ctrlKey || event.metaKey);
      const isInLines = event.target === log.box.current;
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (isSearch) find();
      else if (by !== undefined && stepLine(event.target, by)) event.preventDefault();
      else if (isInLines && event.key === 'Home') log.toTop();
      else if (isInLines && event.key === 'End') follow.resume();
      else return;
      event.preventDefault();
    },
  };
}

function nextTimes(): void {
  const at = timeKinds.indexOf(logSettings.get().times);
  prefer({ times: timeKinds[(at + 1) % timeKinds.length] ?? 'none' });
}
