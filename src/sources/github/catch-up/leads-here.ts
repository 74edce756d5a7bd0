/**
 * Whether a webhook leads to this server, whose address for GitHub's deliveries is `ours`; null where only its
 * deliveries can tell, because nobody has said what that address is.
 */
export function leadsHere(url: string | null, ours: string | null): boolean | null {
  const to = url === null ? null : URL.parse(url);
  if (to === null) return false;
  if (ours === null) return pathOf(to).endsWith('/github') ? null : false;
  const here = new URL(ours);
  return to.origin === here.origin && pathOf(to) === pathOf(here);
}

const pathOf = (url: URL): string => url.pathname.replace(/\/+$/, '');
