import type { ComponentChildren, VNode } from 'preact';

/** A link to somewhere that somebody else named: to the web or nowhere. */
export function WebLink(props: {
  readonly href: string | null;
  readonly children: ComponentChildren;
}): VNode {
  const { href, children } = props;
  return href !== null && /^https?:\/\//i.test(href) ? (
    <a href={href} target="_blank" rel="noopener noreferrer">
      <bdi>{children}</bdi>
    </a>
  ) : (
    <bdi>{children}</bdi>
  );
}
