import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Filter } from '../api.ts';
import { useKeys } from '../use-keys.ts';
import './filter-bar.css';

/** People are still typing. */
const typingMs = 300;

/** One of the things a list can be narrowed to. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly values: readonly (readonly [value: string, word: string])[];
}

/** Narrows a list: by words, and by what can be chosen. The address says it too, so it can be kept and sent. */
export function FilterBar(props: {
  readonly filter: Filter;
  readonly choices: readonly Choice[];
  readonly placeholder: string;
  readonly change: (filter: Filter) => void;
}): VNode {
  const { filter, choices, change } = props;
  const input = useRef<HTMLInputElement>(null);
  const words = filter['q'] ?? '';
  const [text, type] = useState(words);
  /** The words that the address has, as far as they came from here. */
  const told = useRef(words);
  /** What was chosen while words were typed is not undone by them. */
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const timer = setTimeout(() => {
      if (text === told.current) return;
      told.current = text;
      latest.current.change({ ...latest.current.filter, q: text === '' ? null : text });
    }, typingMs);
    return () => clearTimeout(timer);
  }, [text]);
  // The address may change by itself: somebody goes back, or to the whole list.
  useEffect(() => {
    if (words === told.current) return;
    told.current = words;
    type(words);
  }, [words]);
  useKeys([{ key: '/', name: 'Search this list', act: () => input.current?.focus() }]);

  const narrowed = Object.values(filter).some(value => value !== null);
  return (
    <search class="filter-bar">
      <input
        ref={input}
        type="search"
        class="field filter-text"
        placeholder={props.placeholder}
        aria-label={props.placeholder}
        maxLength={200}
        value={text}
        onInput={event => type(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') input.current?.blur();
        }}
      />
      {choices.map(({ name, label, values }) => (
        <select
          key={name}
          class="field"
          aria-label={label}
          value={filter[name] ?? ''}
          onChange={({ currentTarget: { value } }) =>
            change({ ...filter, [name]: value === '' ? null : value })
          }
        >
          <option value="">{label}: any</option>
          {withValue(values, filter[name] ?? null).map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      ))}
      {narrowed && (
        <button
          type="button"
          class="button"
          onClick={() => {
            type('');
            change({});
          }}
        >
          Clear
        </button>
      )}
    </search>
  );
}

/** What the address asks for can be chosen, also when it is not (or not yet) among the values. */
function withValue(values: Choice['values'], value: string | null): Choice['values'] {
  return value === null || values.some(([known]) => known === value) ? values : [...values, [value, value]];
}
