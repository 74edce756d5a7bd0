import type { VNode } from 'preact';
import { Notice } from '../parts/notice.tsx';
import { useTitle } from '../parts/title.ts';
import { to } from '../route.ts';

export function Nowhere(): VNode {
  useTitle('No such page');
  return (
    <Notice>
      No track leads here. All that arrives is in the <a href={to.inbox}>inbox</a>.
    </Notice>
  );
}
