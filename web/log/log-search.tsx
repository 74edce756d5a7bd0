import type { RefObject, VNode } from 'preact';
import type { Search } from './use-log-search.ts';

/** Where a log is searched: the text, how often it was found, and the way from one to the next. */
export function LogSearch(props: {
  readonly search: Search;
  readonly input: RefObject<HTMLInputElement | null>;
}): VNode {
  const { text, type, current, total, isDone, next, previous } = props.search;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      if (event.shiftKey) previous();
      else next();
    } else if (event.key === 'Escape') {
      type('');
      props.input.current?.blur();
    }
  };
  const isIdle = text === '';
  return (
    <search class="log-search">
      <input
        ref={props.input}
        type="search"
        class="field"
        placeholder="Search the log"
        aria-label="Search the log"
        maxLength={200}
        value={text}
        onInput={event => type(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <output class="log-hits soft small">{!isIdle && hitWords(current, total, isDone)}</output>
      <button
        type="button"
        class="button button-small"
        aria-label="Previous hit"
        disabled={total === 0}
        onClick={previous}
      >
        ↑
      </button>
      <button
        type="button"
        class="button button-small"
        aria-label="Next hit"
        disabled={total === 0}
        onClick={next}
      >
        ↓
      </button>
    </search>
  );
}

function hitWords(current: number | null, total: number, isDone: boolean): string {
  if (total === 0) return isDone ? 'not found' : 'searching…';
  const all = `${total.toLocaleString('en')}${isDone ? '' : '+'}`;
  return current === null ? all : `${(current + 1).toLocaleString('en')} of ${all}`;
}
