import type { VNode } from 'preact';
import type { Aspect } from './aspect.ts';
import './lamp.css';

const marks: Readonly<Record<Aspect, string | null>> = {
  proceed: 'M8 4.75v6.5',
  stop: 'M4.75 8h6.5',
  fault: 'M4.75 8h6.5',
  caution: 'M5.7 10.3l4.6-4.6',
  waiting: 'M5.7 10.3l4.6-4.6',
  held: 'M6.25 5.5v5M9.75 5.5v5',
  dark: 'M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2',
  none: null,
};

/** A signal lamp. `label` says it in words where no words stand beside it. */
export function Lamp({ aspect, label }: { readonly aspect: Aspect; readonly label?: string }): VNode {
  const mark = marks[aspect];
  const meaning =
    label === undefined
      ? ({ 'aria-hidden': true } as const)
      : ({ role: 'img', 'aria-label': label } as const);
  return (
    <svg class={`lamp lamp-${aspect}`} viewBox="0 0 16 16" {...meaning}>
      {label !== undefined && <title>{label}</title>}
      <circle class="lamp-glass" cx="8" cy="8" r={mark === null ? 2.5 : 6.25} />
      {mark !== null && <path class="lamp-mark" d={mark} />}
    </svg>
  );
}
