/** What a ref below a namespace is. */
export type RefKind =
  | { readonly kind: 'branch'; readonly name: string }
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'patch'; readonly id: string }
  /** What Radicle keeps for itself. */
  | { readonly kind: 'other' };

/** Tells what a ref is, by its name without the namespace. */
export function refKind(name: string): RefKind {
  const [, kind, rest = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(name) ?? [];
  if (kind === undefined) return { kind: 'other' };
  if (kind === 'tags') return { kind: 'tag', name: rest };
  const [, id] = /^patches\/([0-9a-f]{40})$/.exec(rest) ?? [];
  return id === undefined ? { kind: 'branch', name: rest } : { kind: 'patch', id };
}

/** A ref's namespace, and its name in there; null for one that is in none. */
export function inNamespace(ref: string): { readonly namespace: string; readonly name: string } | null {
  const [, namespace, name] = /^refs\/namespaces\/([^/]+)\/(refs\/.+)$/s.exec(ref) ?? [];
  return namespace === undefined || name === undefined ? null : { namespace, name };
}
