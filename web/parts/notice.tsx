import type { ComponentChildren, VNode } from 'preact';
import { Lamp } from './lamp.tsx';
import './notice.css';

/** Something people need to know before they go on: a call that failed, a page that is not there. */
export function Notice({ children }: { readonly children: ComponentChildren }): VNode {
  return (
    <div class="notice" role="alert">
      <Lamp aspect="fault" />
      <div>{children}</div>
    </div>
  );
}
