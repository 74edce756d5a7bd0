import type { ComponentChildren, VNode } from 'preact';
import './facts.css';

/** Names and values, one pair a line. */
export function Facts({ children }: { readonly children: ComponentChildren }): VNode {
  return <dl class="facts">{children}</dl>;
}

/** One pair; nothing at all when there is no value. */
export function Fact(props: { readonly name: string; readonly children: ComponentChildren }): VNode | null {
  if (props.children === null || props.children === undefined) return null;
  return (
    <div class="fact">
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
