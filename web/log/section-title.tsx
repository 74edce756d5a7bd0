import type { VNode } from 'preact';
import { count, took } from '../format.ts';
import type { Section } from './sections.ts';

/** The title of a section, which folds it: it stands in a line in place of its text. */
export function SectionTitle(props: {
  readonly section: Section;
  readonly isFolded: boolean;
  readonly toggle: () => void;
}): VNode {
  const { section, isFolded } = props;
  return (
    <button
      type="button"
      class={`log-section log-depth-${Math.min(section.depth, 3)}`}
      aria-expanded={!isFolded}
      onClick={props.toggle}
    >
      <span class="log-chevron" aria-hidden="true" />
      <bdi class="log-title">{section.title}</bdi>
      <span class="log-extent">{extentOf(section, isFolded)}</span>
    </button>
  );
}

/** Shorter ones are not worth a word. */
const longMs = 1_000;

/** How much is folded away, and how long it took. */
function extentOf({ start, end, isClosed, startedAt, endedAt }: Section, isFolded: boolean): string {
  const lines = end === null ? 0 : end - start - (isClosed ? 1 : 0);
  const isLong = endedAt !== null && Date.parse(endedAt) - Date.parse(startedAt) >= longMs;
  return [
    ...(isFolded && lines > 0 ? [count(lines, 'line')] : []),
    ...(isLong ? [took(startedAt, endedAt)] : []),
  ].join(', ');
}
