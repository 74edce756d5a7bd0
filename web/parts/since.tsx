import type { VNode } from 'preact';
import { dayTime, exact } from '../format.ts';

/** From when on something holds: `since 21 Nov, 14:00`. How long ago that is makes no sentence with "since". */
export function Since({ at }: { readonly at: string }): VNode {
  return (
    <time dateTime={at} title={exact(at)}>
      since {dayTime(at)}
    </time>
  );
}
